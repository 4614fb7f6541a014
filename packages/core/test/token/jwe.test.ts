import { createMinter } from '@hookurl/core'
import { expect, test, vi } from 'vitest'

test('after jose failed to load once, the next token is encrypted', async () => {
  const keys = 'hks_aG9va3VybCB2ZXJpZmllciB0ZXN0IGtleSAgMDAwMDE'
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const mint = () => minter.mint({ command: '/onWebhook', encrypt: true })
  vi.doMock('jose', () => {
    throw new Error('too many open files')
  })
  await expect(mint()).rejects.toThrow()
  vi.doUnmock('jose')
  expect(await mint()).toMatch(/\/[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
})
