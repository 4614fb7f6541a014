import { parseKeys } from '@hookurl/core'
import type { MintRequest } from '@hookurl/presentation/protocol'
import { expect, test } from 'vitest'
import { createInspectorApi } from '../../src/inspector/api.ts'
import type { InsecureOption } from '../../src/keys/load.ts'
import { testKeys } from '../support/run.ts'

const request: MintRequest = {
  command: '/a',
  userId: '',
  content: '',
  contentIsJson: false,
  redirectTo: '',
  expiresIn: '1d',
  maxUses: '',
  allowGet: false,
  encrypt: false,
  baseUrl: 'http://bot.example.com/hooks',
}

function createApi(insecure: InsecureOption): ReturnType<typeof createInspectorApi> {
  return createInspectorApi({
    keys: testKeys,
    parsedKeys: parseKeys(testKeys),
    isDevelopment: false,
    keySource: 'HOOKURL_KEYS',
    path: undefined,
    purpose: '',
    baseUrl: undefined,
    insecure,
  })
}

test('the inspector does not mint a URL with http on a public host, and names the flag that allows it', async () => {
  const { error } = (await createApi({}).mint(request)) as { error: { code: string; fix: string } }
  expect(error.code).toBe('invalid_option')
  expect(error.fix).toContain('start `hookurl listen` with --allow-insecure')
})

test('with --allow-insecure the inspector mints a URL with http on a public host', async () => {
  expect(await createApi({ allowInsecure: true }).mint(request)).toHaveProperty('url')
})

test('the inspector mints URLs with http on this machine', async () => {
  const local = { ...request, baseUrl: 'http://localhost:8787/hooks' }
  expect(await createApi({}).mint(local)).toHaveProperty('url')
})
