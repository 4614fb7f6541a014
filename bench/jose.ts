import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { createMinter, findToken, generateKey } from '@hookurl/core'
import { createVerifier } from '@hookurl/verify'
import { jwtVerify, SignJWT } from 'jose'
import { type Measured, measureInTurn } from './measure.ts'

const hook = {
  command: '/onWebhook',
  userId: '42',
  content: 'Did you see the cat?',
  redirectTo: 'https://cataas.com/cat',
}
const claims = { cmd: hook.command, sub: hook.userId, cnt: hook.content, rdr: hook.redirectTo }

/** Minting and verifying one at a time, against jose with a CryptoKey made once, and against a bare HMAC. */
export async function run(): Promise<void> {
  const keys = generateKey()
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const verifier = createVerifier({ keys })
  const url = minter.mintSync(hook)
  const token = findToken(url)
  const input = token.slice(0, token.lastIndexOf('.'))
  const macKey = createSecretKey(randomBytes(32))
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const joseKey = await crypto.subtle.importKey('raw', randomBytes(32), algorithm, false, ['sign', 'verify'])
  const joseMint = (): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('30d').sign(joseKey)
  const joseToken = await joseMint()

  const results = await measureInTurn({
    floor: () => createHmac('sha256', macKey).update(input).digest('base64url'),
    mintSync: () => minter.mintSync(hook),
    'jose SignJWT': joseMint,
    'verifySync of a URL': () => verifier.verifySync(url),
    'verifySync of a token': () => verifier.verifySync(token),
    'jose jwtVerify': () => jwtVerify(joseToken, joseKey, { algorithms: ['HS256'] }),
  })
  for (const [name, { micros }] of Object.entries(results)) console.log(`${name.padEnd(22)} ${micros.toFixed(2)} µs`)
  const ratio = (slow: Measured | undefined, fast: Measured | undefined): string =>
    ((slow?.micros ?? Number.NaN) / (fast?.micros ?? Number.NaN)).toFixed(1)
  console.log(`mint: ${ratio(results['jose SignJWT'], results.mintSync)} × jose (reach 15)`)
  console.log(`verify a URL: ${ratio(results['jose jwtVerify'], results['verifySync of a URL'])} × jose`)
  console.log(`verify a token: ${ratio(results['jose jwtVerify'], results['verifySync of a token'])} × jose (reach 15)`)
  console.log(`mint: ${ratio(results.mintSync, results.floor)} × the floor (reach 1.7)`)
  console.log(`verify a token: ${ratio(results['verifySync of a token'], results.floor)} × the floor (reach 1.9)`)
}
