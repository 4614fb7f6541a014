import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// The tests that judge mutants and planted bugs, as `npm run test:mutation` and `npm run planted` name them. Nothing is built.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  ssr: { resolve: { conditions: ['@hookurl/source', 'node', 'module'] } },
  test: { include: JSON.parse(process.env.HOOKURL_JUDGES ?? '[]'), testTimeout: 20_000 },
})
