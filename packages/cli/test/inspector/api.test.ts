import { expect, test } from 'vitest'
import { createInspectorApi } from '../../src/inspector/api.ts'
import { createMintRequest, createSettings } from '../support/inspector.ts'

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

test('the inspector verifies the URL inside a wrapper', async () => {
  const { url } = (await createInspectorApi(createSettings({ allowInsecure: true })).mint(request)) as { url: string }
  const wrapped = `https://l.facebook.com/l.php?u=${encodeURIComponent(url)}`
  expect(await createInspectorApi(createSettings()).verify(wrapped)).toMatchObject({ valid: true })
})
