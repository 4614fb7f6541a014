import type { VerifyRow } from '../../format.ts'
import { plainClaims, sign } from '../craft.ts'
import { rejectedRow, validRow } from './rows.ts'

/** The options of `verify`: commands, methods, hooks with `maxUses`. */
export async function makePolicyRows(): Promise<VerifyRow[]> {
  const token = await sign()
  const get = await sign({ claims: { ...plainClaims, get: 1 } })
  const used = await sign({ claims: { ...plainClaims, jti: 'i', use: 1 } })
  const wrong = ['/onwebhook', '/onWebhook/', 'onWebhook', '/onWebhook ', '/on', '*', '']
  const posted = ['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'get', 'TRACE']
  return [
    validRow('its command', token, { command: '/onWebhook' }),
    validRow('one of several commands', token, { command: ['/other', '/onWebhook'] }),
    ...wrong.map((command) =>
      rejectedRow(`not its command: ${JSON.stringify(command)}`, token, { command, code: 'wrong_command' }),
    ),
    rejectedRow('none of several commands', token, { command: ['/a', '/b'], code: 'wrong_command' }),
    rejectedRow('another Unicode form of its command', await sign({ claims: { cmd: '\u00f6' } }), {
      command: 'o\u0308',
      code: 'wrong_command',
    }),
    validRow('POST', token, { method: 'POST' }),
    validRow('POST, where GET is allowed too', get, { method: 'POST', hook: { allowGet: true } }),
    validRow('GET, where it is allowed', get, { method: 'GET', hook: { allowGet: true } }),
    rejectedRow('GET, where it is not allowed', token, { method: 'GET', code: 'method_not_allowed' }),
    ...posted.map((method) =>
      rejectedRow(`${method}, where GET is allowed`, get, { method, code: 'method_not_allowed' }),
    ),
    rejectedRow('uses that nobody counts', used, { code: 'not_configured' }),
    validRow('uses that are not to be counted here', used, { ignore: ['uses'], hook: { id: 'i', maxUses: 1 } }),
    rejectedRow('another command, and uses that nobody counts', used, { command: '/other', code: 'wrong_command' }),
  ]
}
