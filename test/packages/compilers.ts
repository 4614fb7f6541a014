import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tools/setup/io.js'
import { fetchProgram } from './fetched.ts'
import { must } from './project.ts'
import { type Row, toRow } from './row.ts'

interface Compiler {
  readonly name: string
  readonly find: () => string
  /** Whether it allows CommonJS to `require` ES modules. */
  readonly requires: boolean
}

const compilers: readonly Compiler[] = [
  // In older versions `hook.content` of a command with a schema is unknown.
  { name: 'TypeScript 5.4', find: () => fetchProgram('typescript-5.4'), requires: false },
  { name: 'TypeScript 5.9', find: () => fetchProgram('typescript-5.9'), requires: true },
  { name: 'TypeScript 6', find: () => fetchProgram('typescript-6'), requires: true },
  { name: 'TypeScript 7', find: () => join(root, 'node_modules/typescript'), requires: true },
]
const resolutions = { nodenext: 'nodenext', bundler: 'esnext' } as const

/** Compiles a strict project that uses the packages with each compiler. */
export async function checkCompilers(project: string): Promise<Row[]> {
  const rows: Row[] = []
  copyFileSync(join(project, 'typed.mts'), join(project, 'typed.cts'))
  for (const { name, find, requires } of compilers) {
    const files = requires ? ['typed.mts', 'typed.cts'] : ['typed.mts']
    for (const [moduleResolution, module] of Object.entries(resolutions)) {
      const compilerOptions = {
        ...{ module, moduleResolution, target: 'es2022', lib: ['es2022', 'dom'], types: ['node'] },
        ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true },
        // `published.test.ts` compiles the declarations of the packages.
        skipLibCheck: true,
      }
      rows.push(
        await toRow(`${name}, ${moduleResolution}`, async () => {
          const config = join(project, `tsconfig.${moduleResolution}.json`)
          writeFileSync(config, JSON.stringify({ compilerOptions, files }))
          await must([process.execPath, join(find(), 'bin/tsc'), '-p', config], { cwd: project })
          return requires ? 'from ES modules and CommonJS' : 'from ES modules'
        }),
      )
    }
  }
  return rows
}
