import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const webEngine = fileURLToPath(new URL('packages/core/src/crypto/engine.web.ts', import.meta.url))
const webInflate = fileURLToPath(new URL('packages/verify/src/request/inflate.web.ts', import.meta.url))
const ssr = { resolve: { conditions: ['@hookurl/source', 'node', 'module'] } }
// These files share modules in one worker, which halves their processor time (`isolate: false`). The exceptions mock
// modules, watch the console or measure the memory of the process.
const sharedTests = [
  'packages/{cli,core,inspector,presentation}/test/**/!(engine.node).test.ts',
  'packages/verify/test/{adapters,hosts,request,verifier}/**/!(adversarial-bodies|node).test.ts',
  'conformance/**/*.test.ts',
]

// Tests run against the sources of the workspace's packages; `web` runs what does not need Node on the other engine.
export default defineConfig({
  test: {
    reporters: [
      'default',
      './test/reporters/adapters.ts',
      './test/reporters/wrappers.ts',
      './test/reporters/examples.ts',
    ],
    // Hides what receivers write about handlers that fail on purpose.
    onConsoleLog: (log, type) => (type === 'stderr' && log.startsWith('hookurl: ') ? false : undefined),
    globalSetup: 'tools/setup/before-tests.ts',
    projects: [
      {
        ssr,
        test: {
          name: 'node',
          include: ['{packages,examples}/*/test/**/*.test.ts', '{test,bench}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...sharedTests],
          testTimeout: 20_000,
        },
      },
      {
        ssr,
        test: {
          name: 'shared',
          isolate: false,
          include: sharedTests,
          testTimeout: 20_000,
        },
      },
      {
        resolve: { alias: { '#engine': webEngine, '#inflate': webInflate } },
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
