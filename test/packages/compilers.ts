import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tools/setup/io.js'
import { fetchProgram } from './fetched.ts'
import { must } from './project.ts'
import { type Row, toRow } from './row.ts'

interface Compiler {
  readonly name: string
  readonly find: () => string
  /** How it resolves packages with `module: commonjs`. */
  readonly commonjs: 'node10' | 'bundler'
}

const compilers: readonly Compiler[] = [
  // In older versions `hook.content` of a command with a schema is unknown.
  { name: 'TypeScript 5.4', find: () => fetchProgram('typescript-5.4'), commonjs: 'node10' },
  { name: 'TypeScript 5.9', find: () => fetchProgram('typescript-5.9'), commonjs: 'node10' },
  { name: 'TypeScript 6', find: () => fetchProgram('typescript-6'), commonjs: 'bundler' },
  { name: 'TypeScript 7', find: () => join(root, 'node_modules/typescript'), commonjs: 'bundler' },
]

/** Compiles a strict project that uses the packages with each compiler. */
export async function checkCompilers(project: string): Promise<Row[]> {
  const rows: Row[] = []
  for (const file of ['typed.cts', 'typed.ts']) copyFileSync(join(project, 'typed.mts'), join(project, file))
  for (const { name, find, commonjs } of compilers) {
    const settings = [
      { module: 'nodenext', moduleResolution: 'nodenext', files: ['typed.mts', 'typed.cts'] },
      { module: 'esnext', moduleResolution: 'bundler', files: ['typed.mts', 'typed.cts'] },
      { module: 'commonjs', moduleResolution: commonjs, files: ['typed.ts'] },
    ]
    for (const { module, moduleResolution, files } of settings) {
      const compilerOptions = {
        ...{ module, moduleResolution, target: 'es2022', lib: ['es2022', 'dom'], types: ['node'] },
        ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true },
        // `published.test.ts` compiles the declarations of the packages.
        skipLibCheck: true,
      }
      rows.push(
        await toRow(`${name}, ${module}, resolved as ${moduleResolution}`, async () => {
          const config = join(project, `tsconfig.${module}.json`)
          writeFileSync(config, JSON.stringify({ compilerOptions, files }))
          await must([process.execPath, join(find(), 'bin/tsc'), '-p', config], { cwd: project })
          return files.join(' and ')
        }),
      )
    }
  }
  return rows
}
