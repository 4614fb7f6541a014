import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { root } from '../setup/io.js'
import type { Packed } from './pack.ts'

/** A file of a package, as it lies in a project that installed it. */
interface PackedFile {
  /** With slashes: `dist/index.js`. */
  readonly path: string
  readonly bytes: Buffer
}

// Everything that may be in a package. What is built and where it was built from is needed in a debugger; tests,
// settings and notes of the build are of no use to anyone.
const allowed = [
  /^(?:LICENSE|README\.md|package\.json)$/,
  /^(?:dist\/(?:[\w.-]+\/)*[\w.-]+\.(?:js|js\.map|d\.ts|d\.ts\.map)|src\/(?:[\w.-]+\/)*[\w.-]+\.ts)$/,
  /^bin\/(?:hookurl\.js|package\.json)$/,
  /^bundle\/(?:[\w.-]+\.js|package\.json|LICENSES\.txt)$/,
  /^inspector\/(?:page\.js|page\.css|index\.html|icon\.svg|LICENSES\.txt)$/,
]
const tests = /(?:^|[/.])tests?[/.]/
const required = ['LICENSE', 'README.md', 'package.json']

/** What is in a package and should not be, and what is missing. */
export function judgeContents({ name, folder }: Packed): string[] {
  const files = listFiles(folder)
  const paths = new Set(files.map(({ path }) => path))
  const missing = required.filter((path) => !paths.has(path))
  const extra = files.filter(({ path }) => tests.test(path) || !allowed.some((pattern) => pattern.test(path)))
  const telling = files.filter(({ bytes }) => bytes.includes(root))
  return [
    ...missing.map((path) => `${name} has no ${path}`),
    ...extra.map(({ path }) => `${name} holds ${path}, which nobody needs`),
    ...telling.map(({ path }) => `${name}: ${path} names a folder of this machine`),
    ...files.flatMap((file) => findLostSources(file, paths)).map((problem) => `${name}: ${problem}`),
  ]
}

/** How many files a package has and how large they are, and how large without what only a debugger reads. */
export function measure({ folder }: Packed): { files: number; bytes: number; withoutSources: number } {
  const files = listFiles(folder)
  const sizeOf = (some: readonly PackedFile[]): number => some.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const needed = files.filter(({ path }) => !path.startsWith('src/') && !path.endsWith('.map'))
  return { files: files.length, bytes: sizeOf(files), withoutSources: sizeOf(needed) }
}

function findLostSources({ path, bytes }: PackedFile, paths: ReadonlySet<string>): string[] {
  if (path.endsWith('.map')) {
    const { sources }: { sources: string[] } = JSON.parse(bytes.toString())
    const found = sources.map((source) =>
      normalize(join(dirname(path), source))
        .split(sep)
        .join('/'),
    )
    return found
      .filter((source) => !paths.has(source))
      .map((source) => `${path} leads to ${source}, which is not there`)
  }
  const [, map] = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(bytes.toString()) ?? []
  const target = map === undefined ? undefined : `${dirname(path)}/${map}`
  return target === undefined || paths.has(target) ? [] : [`${path} leads to ${target}, which is not there`]
}

function listFiles(folder: string): PackedFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return entries.map((entry) => {
    const file = join(entry.parentPath, entry.name)
    return {
      path: file
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
      bytes: readFileSync(file),
    }
  })
}
