import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const webEngine = fileURLToPath(new URL('packages/core/src/crypto/engine.web.ts', import.meta.url))
const webTracing = fileURLToPath(new URL('packages/core/src/util/tracing.web.ts', import.meta.url))
const webInflate = fileURLToPath(new URL('packages/verify/src/request/inflate.web.ts', import.meta.url))
const ssr = { resolve: { conditions: ['@hookurl/source', 'node'] } }
// Nest's decorators are those of TypeScript.
const oxc = { decorator: { legacy: true } }
// Each of these files has a process of its own: they load modules again, watch the console, replace globals or measure
// the process. All others share modules in a few processes (`isolate: false`), which halves their processor time.
const isolatedTests = [
  'examples/ai-job/test/ai-job.test.ts',
  'packages/core/test/crypto/engine.node.test.ts',
  'packages/verify/test/adapters/node.test.ts',
  'packages/verify/test/receive/{ack-after,ignored-result,log-error,on-error,on-result,replaced-promise,trace-request}.test.ts',
  'packages/verify/test/response/{pages,rejection-response}.test.ts',
  'test/soak/soak.test.ts',
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
        oxc,
        test: {
          name: 'node',
          include: isolatedTests,
          testTimeout: 20_000,
        },
      },
      {
        ssr,
        oxc,
        test: {
          name: 'shared',
          isolate: false,
          include: ['{packages,examples}/*/test/**/*.test.ts', '{conformance,test,bench}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...isolatedTests],
          testTimeout: 20_000,
        },
      },
      {
        resolve: { alias: { '#engine': webEngine, '#inflate': webInflate, '#tracing': webTracing } },
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
