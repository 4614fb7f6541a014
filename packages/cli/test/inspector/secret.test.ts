import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createSecret, loadSecret } from '../../src/inspector/secret.ts'
import { makeHome } from '../support/run.ts'

const home = makeHome()
afterAll(() => home.remove())
let count = 0
const newPath = (): string => join(home.path, `secret-${count++}`)

function writeSecret(content: string, mode = 0o600): string {
  const path = newPath()
  writeFileSync(path, content, { mode })
  chmodSync(path, mode)
  return path
}

describe('the secret file', () => {
  test('is created if it is missing, and only its owner can read it', async () => {
    const path = newPath()
    const secret = await loadSecret(path)
    expect(secret).toMatch(/^[\w-]{32}$/)
    expect(readFileSync(path, 'utf8')).toBe(`${secret}\n`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('keeps its secret', async () => {
    const path = newPath()
    expect(await loadSecret(path)).toBe(await loadSecret(path))
  })

  test('is the same for two programs that start at once', async () => {
    const path = newPath()
    const secrets = await Promise.all(Array.from({ length: 5 }, () => loadSecret(path)))
    expect(new Set(secrets).size).toBe(1)
  })

  test('can be behind a link', async () => {
    const link = newPath()
    symlinkSync(writeSecret(createSecret()), link)
    expect(await loadSecret(link)).toMatch(/^[\w-]{32}$/)
  })

  test.each([
    ['is empty', ''],
    ['is too short', 'x'.repeat(31)],
    ['is too long', 'x'.repeat(129)],
    ['has spaces', `${'x'.repeat(20)} ${'x'.repeat(20)}`],
    ['has two lines', `${'x'.repeat(40)}\n${'x'.repeat(40)}`],
  ])('is rejected if it %s, without its content', async (_, content) => {
    const error = await loadSecret(writeSecret(content)).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: 'invalid_option', fix: expect.stringContaining('rm ') })
    if (content !== '') expect(String(error)).not.toContain('xxxx')
  })

  test('is rejected if other users can read it', async () => {
    const error = await loadSecret(writeSecret(createSecret(), 0o644)).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: 'invalid_option', fix: expect.stringContaining('chmod 600') })
  })

  test('is rejected if it cannot be created', async () => {
    const error = await loadSecret(join(home.path, 'missing', 'secret')).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: 'invalid_option', message: expect.stringContaining('ENOENT') })
  })

  test('is rejected if it is a folder', async () => {
    const path = newPath()
    mkdirSync(path)
    expect(await loadSecret(path).catch((thrown: Error) => thrown)).toMatchObject({ code: 'invalid_option' })
  })
})
