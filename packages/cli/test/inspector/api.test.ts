import type { MintRequest } from '@hookurl/presentation/protocol'
import { createVerifier } from '@hookurl/verify'
import { expect, test } from 'vitest'
import { createInspectorApi } from '../../src/inspector/api.ts'
import { allRestrictions } from '../../src/io/restrictions.ts'
import { createMintRequest, createSettings } from '../support/inspector.ts'
import { testKeys } from '../support/run.ts'

const request = createMintRequest({ baseUrl: 'http://bot.example.com/hooks' })

test('the inspector does not mint a URL with http on a public host, and names the flag that allows it', async () => {
  const { error } = (await createInspectorApi(createSettings()).mint(request)) as {
    error: { code: string; fix: string }
  }
  expect(error.code).toBe('invalid_option')
  expect(error.fix).toContain('start `hookurl listen` with --allow-insecure')
})

test('with --allow-insecure the inspector mints a URL with http on a public host', async () => {
  expect(await createInspectorApi(createSettings({ allowInsecure: true })).mint(request)).toHaveProperty('url')
})

test('the inspector mints URLs with http on this machine', async () => {
  const local = { ...request, baseUrl: 'http://localhost:8787/hooks' }
  expect(await createInspectorApi(createSettings()).mint(local)).toHaveProperty('url')
})

const restrictions: readonly [fields: Partial<MintRequest>, member: object][] = [
  [{ maxUses: '1' }, { maxUses: 1 }],
  [{ requireSignature: true }, { requiresSignature: true }],
  [{ userId: '42', requireUser: true }, { requiresUser: true }],
]
test.each(restrictions)('the inspector mints a URL with %j, and reports it as valid', async (fields, member) => {
  const api = createInspectorApi(createSettings())
  const { url = '' } = await api.mint({ ...request, baseUrl: 'http://localhost:8787/hooks', ...fields })
  expect(await createVerifier({ keys: testKeys }).verify(url, { ignore: allRestrictions })).toMatchObject(member)
  expect(await api.verify(url)).toMatchObject({ valid: true })
})

test('the inspector verifies the URL inside a wrapper', async () => {
  const { url } = (await createInspectorApi(createSettings({ allowInsecure: true })).mint(request)) as { url: string }
  const wrapped = `https://l.facebook.com/l.php?u=${encodeURIComponent(url)}`
  expect(await createInspectorApi(createSettings()).verify(wrapped)).toMatchObject({ valid: true })
})
