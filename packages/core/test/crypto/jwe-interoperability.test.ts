import { Buffer } from 'node:buffer'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { generateKey } from '@hookurl/core'
import { createKeyringLoader } from '@hookurl/core/internal'
import fc from 'fast-check'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { describe, expect, test } from 'vitest'
import { derive } from '../../../../conformance/generate/craft.ts'
import { explainAbsence, findProgram } from '../../../../tools/setup/programs.js'
import type { DerivedKeyring } from '../../src/token/keyring.ts'
import { encryptToken } from '../../src/token/token.ts'
import { open } from '../helpers.ts'

/** Claims, and the key and the purpose that they are encrypted for. */
interface Sample {
  readonly keys: string
  readonly purpose: string
  readonly claims: string
  /** The derived encryption key, and the header that it is used with. */
  readonly k: Uint8Array
  readonly header: string
}

/** Another implementation of RFC 7516. */
interface Implementation {
  encrypt(samples: readonly Sample[]): Promise<string[]> | string[]
  decrypt(samples: readonly Sample[], tokens: readonly string[]): Promise<string[]> | string[]
}

const isComplete = process.env.HOOKURL_ALL === '1'
const python = findProgram('jwcrypto')

const jose: Implementation = {
  encrypt: (samples) =>
    Promise.all(
      samples.map(({ k, header, claims }) =>
        new CompactEncrypt(Buffer.from(claims)).setProtectedHeader(JSON.parse(header)).encrypt(k),
      ),
    ),
  decrypt: (samples, tokens) =>
    Promise.all(
      samples.map(async ({ k }, at) => Buffer.from((await compactDecrypt(tokens[at] ?? '', k)).plaintext).toString()),
    ),
}

const jwcrypto: Implementation = {
  encrypt: (samples) => runPython(samples.map(({ k, header, claims }) => ({ k: encode(k), header, text: claims }))),
  decrypt: (samples, tokens) => runPython(samples.map(({ k }, at) => ({ k: encode(k), token: tokens[at] }))),
}

defineTests('jose', jose, { count: isComplete ? 10_000 : 1000 })
defineTests('jwcrypto', jwcrypto, {
  count: isComplete ? 10_000 : 300,
  absence: python === undefined ? explainAbsence('jwcrypto') : undefined,
})

function defineTests(
  name: string,
  implementation: Implementation,
  { count, absence }: { count: number; absence?: string | undefined },
): void {
  describe.skipIf(absence !== undefined)(absence ?? `RFC 7516 with ${name}`, { timeout: 120_000 }, () => {
    const samples = createSamples(count)

    test(`${name} decrypts ${count} tokens of hookurl`, async () => {
      const tokens = await Promise.all(
        samples.map(async ({ keys, purpose, claims }) => encryptToken(await loadKeyring(keys, purpose), claims)),
      )
      expect(await implementation.decrypt(samples, tokens)).toEqual(samples.map(({ claims }) => claims))
    })

    test(`hookurl opens ${count} tokens of ${name}`, async () => {
      const tokens = await implementation.encrypt(samples)
      const opened = await Promise.all(samples.map(({ keys, purpose }, at) => open(tokens[at] ?? '', keys, purpose)))
      expect(opened.map((result) => result.ok && result.claims)).toEqual(
        samples.map(({ claims }) => JSON.parse(claims)),
      )
    })
  })
}

/** Creates claims of many lengths and alphabets, for keys with and without an ID. */
function createSamples(count: number): Sample[] {
  const text = fc.string({ unit: 'grapheme', maxLength: 300 })
  const sample = fc.tuple(fc.boolean(), fc.constantFrom('', 'mail', '\u{1f600}'), fc.tuple(text, text))
  return fc.sample(sample, count).map(([hasId, purpose, [content, more]]) => {
    const keys = hasId ? generateKey({ id: 'k1' }) : generateKey()
    const header = `{"alg":"dir","enc":"A256GCM"${hasId ? ',"kid":"k1"' : ''}}`
    const claims = JSON.stringify({ cmd: '/onWebhook', cnt: { content, more } })
    return { keys, purpose, claims, k: derive(keys, 'A256GCM', purpose), header }
  })
}

function runPython(requests: readonly object[]): string[] {
  const script = fileURLToPath(new URL('jwe.py', import.meta.url))
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('')
  const { stdout, stderr } = spawnSync(python ?? '', [script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 })
  const lines = stdout.split('\n').slice(0, -1)
  if (lines.length !== requests.length) throw new Error(stderr)
  return lines.map((line) => JSON.parse(line))
}

async function loadKeyring(keys: string, purpose: string): Promise<DerivedKeyring> {
  return createKeyringLoader(keys, purpose)()
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
