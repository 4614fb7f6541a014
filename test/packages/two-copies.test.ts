import { expect, test } from 'vitest'
import { run } from '../../tools/setup/io.js'

// An application may load both builds: one of its dependencies requires the packages, and another imports them.
const preamble = `import { createRequire } from 'node:module'
import * as core from '@hookurl/core'
import * as verify from '@hookurl/verify'
import * as host from '@hookurl/verify/fetch'
import * as wait from '@hookurl/verify/wait'
const require = createRequire(import.meta.url)
const esm = { ...core, ...verify, ...host, ...wait }
const names = ['@hookurl/core', '@hookurl/verify', '@hookurl/verify/fetch', '@hookurl/verify/wait']
const cjs = Object.assign({}, ...names.map(require))
const keys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const waiting = { keys, baseUrl: 'https://bot.example.com/waits' }
const minting = { keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' }
// The same body again would be a duplicate delivery.
const post = async (host, url, body) => (await host(new Request(url, { method: 'POST', body }))).status
`

const facts: [fact: string, code: (a: string, b: string) => string, output: string][] = [
  ['are two copies', (a, b) => `console.log(${a}.HookurlError === ${b}.HookurlError)`, 'false'],
  [
    'recognize the errors of each other',
    (a, b) => `const error = await ${a}.createVerifier({ keys }).verify('x').catch((error) => error)
console.log(error instanceof ${a}.HookurlError, error instanceof ${b}.HookurlError, ${b}.isHookurlError(error))`,
    'true false true',
  ],
  [
    'verify the URLs of each other, with the same commands',
    (a, b) => `const commands = ${a}.defineCommands({ '/run': {} })
const url = ${a}.createMinter({ ...minting, commands }).mintSync({ command: '/run' })
console.log(${b}.createVerifier({ keys, commands }).verifySync(url).command)`,
    '/run',
  ],
  [
    'host the receivers of each other',
    (a, b) => `const receiver = ${a}.createReceiver({ keys, handlers: { '/run': () => {} } })
const url = ${b}.createMinter(minting).mintSync({ command: '/run' })
console.log(await post(${b}.hookurl(receiver), url))`,
    '200',
  ],
  [
    'count uses in the same store',
    (a, b) => `const uses = ${a}.memoryUseStore()
const [first, second] = [${a}, ${b}].map((copy) => copy.createReceiver({ keys, uses, handlers: { '/run': () => {} } }))
const url = ${b}.createMinter(minting).mintSync({ command: '/run', maxUses: 1 })
console.log(await post(first.fetch, url, 'a'), await post(second.fetch, url, 'b'))`,
    '200 410',
  ],
  [
    'host the waiters of each other, and share their stores',
    (a, b) => `const store = ${a}.memoryWaitStore()
const waiter = ${b}.createWaiter({ ...waiting, waits: store })
const { url, received } = await waiter.open({ command: '/run' })
const lost = ${b}.createWaiter({ ...waiting, waits: { ...store, settle: async () => undefined } })
console.log(await post(${a}.hookurl(lost.receiver), url, 'a'))
console.log(await post(${a}.hookurl(waiter.receiver), url, 'b'), (await received).payload)`,
    '410\n200 b',
  ],
]

for (const [fact, code, output] of facts) {
  test.each([
    ['esm', 'cjs'],
    ['cjs', 'esm'],
  ])(`the ES modules and the CommonJS modules ${fact}: %s, %s`, (a, b) => {
    const args = ['--no-experimental-require-module', '--input-type=module', '--eval', preamble + code(a, b)]
    expect(run(process.execPath, args)).toEqual({ ok: true, output })
  })
}
