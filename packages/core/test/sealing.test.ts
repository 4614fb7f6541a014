import { createMinter } from '@hookurl/core'
import { expect, test, vi } from 'vitest'

test('where jose could not be loaded once, the next token is sealed all the same', async () => {
  const keys = 'hks_aG9va3VybCB2ZXJpZmllciB0ZXN0IGtleSAgMDAwMDE'
  const minter = createMinter({ keys, baseUrl: 'https://bot.example.com/hooks', expiresIn: '30d' })
  const seal = () => minter.mint({ command: '/onWebhook', encrypt: true })
  vi.doMock('jose', () => {
    throw new Error('too many open files')
  })
  await expect(seal()).rejects.toThrow()
  vi.doUnmock('jose')
  expect(await seal()).toMatch(/\/[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
})
