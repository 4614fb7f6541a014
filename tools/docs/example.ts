import { createMinter, deriveJwk } from '@hookurl/core'
import { testKey } from '../snippets.ts'

const hook = {
  command: '/onWebhook',
  userId: 42,
  content: 'Did you see the cat?',
  expiresAt: new Date('2030-01-01T00:00:00Z'),
}
const baseUrl = 'https://bot.example.com/hooks'

/** Makes an example of one token from its key to its URL, for other implementations. */
export async function generateTokenExample(): Promise<string> {
  const url = createMinter({ keys: testKey, baseUrl, expiresIn: 'never' }).mintSync(hook)
  const token = url.slice(baseUrl.length + 1)
  const [header = '', claims = '', signature = ''] = token.split('.')
  const rows = [
    ['key', testKey],
    ['its 32 bytes, in hex', Buffer.from(testKey.slice(4), 'base64url').toString('hex')],
    ['signing key for the empty purpose', (await deriveJwk(testKey)).k],
    ['header', Buffer.from(header, 'base64url').toString()],
    ['claims', Buffer.from(claims, 'base64url').toString()],
    ['signature', signature],
    ['token', token],
    ['short form', `${claims}.${signature}`],
    ['URL', url],
  ]
  return ['```text', ...rows.flatMap(([name, value]) => [`${name}:`, `  ${value}`]), '```'].join('\n')
}
