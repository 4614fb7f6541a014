import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../setup/io.js'
import type { Packed } from './pack.ts'

const typescript = join(root, 'node_modules/typescript/bin/tsc')
const resolutions = { nodenext: 'nodenext', bundler: 'esnext' } as const

/** Whether each subpath can be imported and required by Node, and what it exports is the same both ways. */
export function load(project: string, packed: readonly Packed[]): string[] {
  const script = join(project, 'load.mjs')
  writeFileSync(
    script,
    `import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
for (const specifier of ${JSON.stringify(specifiersOf(packed))}) {
  try {
    const imported = Object.keys(await import(specifier)).join()
    const required = Object.keys(require(specifier)).filter((name) => name !== '__esModule').join()
    if (imported === '') console.log(specifier + ' exports nothing')
    if (imported !== required) console.log(specifier + ' exports ' + imported + ', but to require() ' + required)
  } catch (error) {
    console.log(specifier + ' does not load: ' + error.message)
  }
}
`,
  )
  const { ok, output } = run(process.execPath, ['--no-warnings', script])
  return ok && output === '' ? [] : [output]
}

/** Whether each subpath has types that hold by themselves, as a strict project sees them. */
export function typeCheck(project: string, packed: readonly Packed[]): string[] {
  const files = specifiersOf(packed).map((specifier, index) => {
    const file = `use-${index}.ts`
    writeFileSync(
      join(project, file),
      `import * as used from '${specifier}'\nexport type Names = keyof typeof used\nexport const names: Names[] = []\n`,
    )
    return file
  })
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  return Object.entries(resolutions).flatMap(([moduleResolution, module]) => {
    const options = {
      ...{ module, moduleResolution, target: 'es2023', lib: ['es2023'], types: ['node'] },
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
    }
    const config = join(project, `tsconfig.${moduleResolution}.json`)
    writeFileSync(config, JSON.stringify({ compilerOptions: options, files }))
    const { ok, output } = run(process.execPath, [typescript, '-p', config])
    return ok ? [] : [`types under moduleResolution ${moduleResolution}:\n${output}`]
  })
}

/** Whether the programs that packages bring start. */
export function startPrograms(packed: readonly Packed[]): string[] {
  return packed.flatMap(({ name, folder, version, bin }) => {
    if (bin === undefined) return []
    const { output } = run(process.execPath, [join(folder, bin), '--version'])
    return output === version ? [] : [`${name} --version printed: ${output}`]
  })
}

function specifiersOf(packed: readonly Packed[]): string[] {
  return packed.flatMap(({ specifiers }) => specifiers)
}
