import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { encode } from 'uqr'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ProgramResult, makeHome, run, testKeys } from './support/run.ts'

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => home.remove())

const mint = (...args: string[]): Promise<ProgramResult> =>
  run(['mint', '--command', '/onWebhook', '--base-url', 'https://bot.example.com/h', '--qr', ...args], {
    env: { HOME: home.path, HOOKURL_KEYS: testKeys },
    cwd: home.path,
  })
const modulesOf = (url: string): boolean[][] => encode(url.trim(), { border: 4 }).data

describe('mint --qr', () => {
  test('draws the URL on stderr in blocks, without colours off a terminal; stdout has the URL alone', async () => {
    const { stdout, stderr } = await mint()
    expect(stdout).toMatch(/^https:\S+\n$/)
    const modules = modulesOf(stdout)
    const drawn = stderr
      .slice(0, -1)
      .split('\n')
      .flatMap((line) => [
        [...line].map((block) => '█▀'.includes(block)),
        [...line].map((block) => '█▄'.includes(block)),
      ])
    expect(drawn.slice(0, modules.length)).toStrictEqual(modules)
  })

  test('writes it as PNG, with a white border of four modules', async () => {
    const { stdout, stderr } = await mint('-o', 'url.png', '--content', 'x'.repeat(1000))
    const { width, height, data } = PNG.sync.read(readFileSync(join(home.path, 'url.png')))
    const modules = modulesOf(stdout)
    expect([width, height]).toStrictEqual([modules.length * 8, modules.length * 8])
    const seen = modules.map((row, y) => row.map((_module, x) => data[((y * 8 + 4) * width + x * 8 + 4) * 4] === 0))
    expect(seen).toStrictEqual(modules)
    expect(modules.slice(0, 4).flat()).not.toContain(true)
    expect(stderr).toBe('')
  })

  test('writes it as SVG', async () => {
    await mint('-o', 'url.svg')
    expect(readFileSync(join(home.path, 'url.svg'), 'utf8')).toMatch(/^<svg [^>]+>.*<\/svg>\n$/s)
  })

  test.each([
    [['-o', 'url.gif'], '-o must end in .png or .svg'],
    [['--json'], '--qr draws nothing with --json'],
    [['--max-url-length', '9000', '--content', 'x'.repeat(3000)], 'does not fit in a QR code'],
  ])('refuses %j with exit 2 and writes nothing', async (args, message) => {
    const { stdout, stderr, exit } = await mint(...args)
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
    expect(readdirSync(home.path)).toStrictEqual([])
  })
})
