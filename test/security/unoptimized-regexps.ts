// Handles large inputs; run by `unoptimized-regexps.test.ts` in a V8 that does not optimize regular expressions.
import { createMinter, findToken, generateKey, inspect, isHookurlError, redact } from '@hookurl/core'
import { createKeyringLoader, decryptWaitValue, encryptWaitValue } from '@hookurl/core/internal'
import { createReceiver } from '@hookurl/verify'

const MEBIBYTE = 1024 * 1024

const keys = generateKey()
const maxBodySize = 16 * MEBIBYTE
const receiver = createReceiver({ keys, maxBodySize, handlers: { '/a': () => undefined } })
const url = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' }).mintSync({
  command: '/a',
})

const long = 'a'.repeat(8 * MEBIBYTE)
const boundary = 'limit'
const bodies: Readonly<Record<string, string>> = {
  'application/json': JSON.stringify({ long }),
  'application/x-www-form-urlencoded': `a=${long}`,
  'text/plain': long,
  'application/xml': `<?xml version="1.0"?><a>${long}</a>`,
  [`multipart/form-data; boundary=${boundary}`]: [
    `--${boundary}`,
    'Content-Disposition: form-data; name="a"',
    '',
    long,
    `--${boundary}--`,
    '',
  ].join('\r\n'),
}

function getCode(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return isHookurlError(error) ? error.code : error
  }
}

function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual).slice(0, 200)}`)
}

for (const [type, body] of Object.entries(bodies)) {
  const response = await receiver.fetch(new Request(url, { method: 'POST', headers: { 'content-type': type }, body }))
  expectEqual(type, response.status, 200)
}
const keyring = await createKeyringLoader(keys, 'wait')()
const value = await encryptWaitValue(keyring, 'AAAAAAAAAAAAAAAA', long)
expectEqual('a wait', await decryptWaitValue(keyring, 'AAAAAAAAAAAAAAAA', value), long)
const line = long.slice(0, MEBIBYTE)
expectEqual('redact', redact(`${line} ${url}`).includes(url), false)
expectEqual(
  'findToken',
  getCode(() => findToken(`https://bot.example.com/${line}`)),
  'no_token',
)
inspect(`https://bot.example.com/${line}`)
console.log('ok')
