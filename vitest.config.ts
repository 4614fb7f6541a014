import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const webEngine = fileURLToPath(new URL('packages/core/src/crypto/engine.web.ts', import.meta.url))
const ssr = { resolve: { conditions: ['@hookurl/source', 'node', 'module'] } }
const moduleMockingTests = ['packages/core/test/crypto/engine.node.test.ts', 'packages/core/test/token/jwe.test.ts']

// Tests run against the sources of the workspace's packages; `web` runs what does not need Node on the other engine.
// Tests that only call functions share a worker's modules (`isolate: false`), which halves their processor time. Those
// that mock modules, start servers or set environment variables are in `node`, where each file has its own modules.
export default defineConfig({
  test: {
    reporters: ['default', './test/reporters/adapters.ts', './test/reporters/examples.ts'],
    // What receivers under test say of handlers that are meant to fail.
    onConsoleLog: (log, type) => (type === 'stderr' && log.startsWith('hookurl: ') ? false : undefined),
    projects: [
      {
        ssr,
        test: {
          name: 'node',
          globalSetup: 'tools/setup/before-tests.ts',
          include: [
            'packages/!(core|presentation|inspector)/test/**/*.test.ts',
            'test/**/*.test.ts',
            'bench/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
            ...moduleMockingTests,
          ],
          testTimeout: 20_000,
        },
      },
      {
        ssr,
        test: {
          name: 'pure',
          isolate: false,
          include: ['packages/{core,presentation,inspector}/test/**/*.test.ts', 'conformance/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...moduleMockingTests],
          testTimeout: 20_000,
        },
      },
      {
        resolve: { alias: { '#engine': webEngine } },
        ssr,
        test: {
          name: 'web',
          isolate: false,
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
