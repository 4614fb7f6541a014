import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const webEngine = fileURLToPath(new URL('packages/core/src/crypto/engine.web.ts', import.meta.url))
const conditions = ['@hookurl/source']

// Tests run against the sources of the workspace's packages; `web` runs what does not need Node on the other engine.
export default defineConfig({
  test: {
    reporters: ['default', './test/reporters/adapters.ts', './test/reporters/examples.ts'],
    // What receivers under test say of handlers that are meant to fail.
    onConsoleLog: (log, type) => (type === 'stderr' && log.startsWith('hookurl: ') ? false : undefined),
    projects: [
      {
        ssr: { resolve: { conditions: [...conditions, 'node', 'module'] } },
        test: {
          name: 'node',
          globalSetup: 'tools/setup/before-tests.ts',
          include: [
            'packages/*/test/**/*.test.ts',
            'conformance/**/*.test.ts',
            'test/**/*.test.ts',
            'bench/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
          ],
          testTimeout: 20_000,
        },
      },
      {
        resolve: { alias: { '#engine': webEngine } },
        ssr: { resolve: { conditions: [...conditions, 'node', 'module'] } },
        test: {
          name: 'web',
          include: [
            'conformance/**/*.test.ts',
            'packages/*/test/**/*.web.test.ts',
            'packages/*/test/**/*.both-engines.test.ts',
          ],
          testTimeout: 20_000,
        },
      },
    ],
  },
})
