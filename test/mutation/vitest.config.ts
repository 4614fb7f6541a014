import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../..', import.meta.url))

// node_modules links to the packages of the checkout; the mutants are in those of the copy.
const alias = readdirSync(join(root, 'packages')).flatMap((folder) => {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'))
  const entries: [string, { '@hookurl/source'?: string }][] = Object.entries(exports ?? {})
  return entries.flatMap(([subpath, { '@hookurl/source': source = '*' }]) => {
    const specifier = `${name}${subpath.slice(1)}`
    return source.includes('*')
      ? []
      : [{ find: new RegExp(`^${specifier}$`), replacement: join(root, 'packages', folder, source) }]
  })
})

// `main.ts` sets which tests run. Nothing is built.
export default defineConfig({
  root,
  resolve: { alias },
  ssr: { resolve: { conditions: ['@hookurl/source', 'node', 'module'] } },
  test: {
    runner: join(root, 'test/mutation/runner.ts'),
    include: JSON.parse(process.env.HOOKURL_MUTATION_TESTS ?? '[]'),
    testTimeout: 20_000,
  },
})
