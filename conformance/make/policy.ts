import type { VerifyRow } from '../format.ts'
import { plain, sign } from './craft.ts'
import { bad, good } from './rows.ts'

/** What a place accepts: commands, methods, hooks whose uses nobody counts. */
export async function policy(): Promise<VerifyRow[]> {
  const token = await sign()
  const get = await sign({ claims: { ...plain, get: 1 } })
  const used = await sign({ claims: { ...plain, jti: 'i', use: 1 } })
  const wrong = ['/onwebhook', '/onWebhook/', 'onWebhook', '/onWebhook ', '/on', '*', '']
  const posted = ['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'get', 'TRACE']
  return [
    good('its command', token, { command: '/onWebhook' }),
    good('one of several commands', token, { command: ['/other', '/onWebhook'] }),
    ...wrong.map((command) =>
      bad(`not its command: ${JSON.stringify(command)}`, token, { command, code: 'wrong_command' }),
    ),
    bad('none of several commands', token, { command: ['/a', '/b'], code: 'wrong_command' }),
    bad('another Unicode form of its command', await sign({ claims: { cmd: '\u00f6' } }), {
      command: 'o\u0308',
      code: 'wrong_command',
    }),
    good('POST', token, { method: 'POST' }),
    good('POST, where GET is allowed too', get, { method: 'POST', hook: { allowGet: true } }),
    good('GET, where it is allowed', get, { method: 'GET', hook: { allowGet: true } }),
    bad('GET, where it is not allowed', token, { method: 'GET', code: 'method_not_allowed' }),
    ...posted.map((method) => bad(`${method}, where GET is allowed`, get, { method, code: 'method_not_allowed' })),
    bad('uses that nobody counts', used, { code: 'store_unavailable' }),
    good('uses that are not to be counted here', used, { ignore: ['uses'], hook: { id: 'i', maxUses: 1 } }),
    bad('another command, and uses that nobody counts', used, { command: '/other', code: 'wrong_command' }),
  ]
}
