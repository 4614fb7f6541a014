import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../setup/io.js'
import { link, type Packed } from './pack.ts'

const typescript = join(root, 'node_modules/typescript/bin/tsc')
const resolutions = { nodenext: 'nodenext', bundler: 'esnext' } as const

const frameworks = ['express', '@types/express', 'fastify', 'hono', 'koa', '@types/koa']
const useFrameworks = `import { hookurl as forExpress } from '@hookurl/verify/express'
import { hookurl as forFastify } from '@hookurl/verify/fastify'
import { hookurl as forHono } from '@hookurl/verify/hono'
import { hookurl as forKoa } from '@hookurl/verify/koa'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'

const guard = { keys: 'hks_', command: '/a' }
type Name = string | undefined
express().use(forExpress(guard), (req, res) => void res.send(req.hook?.command satisfies Name))
fastify().all('/*', { preHandler: forFastify.preHandler(guard) }, async (request) => request.hook?.command satisfies Name)
fastify().register(forFastify, { prefix: '/a', keys: 'hks_', handlers: { '/a': (hook) => hook.payload } })
new Hono().all('/*', forHono(guard), (c) => c.text(c.get('hook')?.command satisfies Name ?? ''))
new Koa().use(forKoa(guard)).use((ctx) => void (ctx.state.hook?.command satisfies Name))
`

// What a subpath needs that its user installs.
const peers = ['lmdb']

/** Whether each subpath can be imported and required by Node, and what it exports is the same both ways. */
export function load(project: string, packed: readonly Packed[]): string[] {
  for (const name of peers) link(join(root, 'node_modules', name), join(project, 'node_modules', name))
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
  return compile(project, { files, skipLibCheck: false })
}

/** Whether the frameworks' own types know the hook where they are installed; `typeCheck` sees a project without them. */
export function typeCheckFrameworks(project: string): string[] {
  for (const name of frameworks) link(join(root, 'node_modules', name), join(project, 'node_modules', name))
  writeFileSync(join(project, 'use-frameworks.ts'), useFrameworks)
  return compile(project, { files: ['use-frameworks.ts'], skipLibCheck: true })
}

function compile(project: string, { files, skipLibCheck }: { files: string[]; skipLibCheck: boolean }): string[] {
  return Object.entries(resolutions).flatMap(([moduleResolution, module]) => {
    const options = {
      ...{ module, moduleResolution, target: 'es2023', lib: ['es2023'], types: ['node'] },
      ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck, noEmit: true },
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
