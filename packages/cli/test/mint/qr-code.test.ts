import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { encode } from 'uqr'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, type ProgramResult, run, testKeys } from '../support/run.ts'
import { runInProcess } from '../support/run-in-process.ts'

let home: ReturnType<typeof makeHome>
beforeEach(() => {
  home = makeHome()
})
afterEach(() => home.remove())

const mint = ['mint', '--command', '/onWebhook', '--base-url', 'https://bot.example.com/h', '--qr']
const getOptions = () => ({ env: { HOME: home.path, HOOKURL_KEYS: testKeys }, cwd: home.path })

function mintQr(...args: string[]): Promise<ProgramResult> {
  return runInProcess([...mint, ...args], getOptions())
}

function encodeModules(url: string): boolean[][] {
  return encode(url.trim(), { border: 4 }).data
}

describe('mint --qr', () => {
  test('prints only the URL on stdout', async () => {
    expect((await mintQr()).stdout).toMatch(/^https:\S+\n$/)
  })

  test('draws the URL on stderr in blocks, without colors if stderr is no terminal', async () => {
    const { stdout, stderr } = await mintQr()
    const modules = encodeModules(stdout)
    const drawn = stderr
      .slice(0, -1)
      .split('\n')
      .flatMap((line) => [
        [...line].map((block) => '█▀'.includes(block)),
        [...line].map((block) => '█▄'.includes(block)),
      ])
    expect(drawn.slice(0, modules.length)).toStrictEqual(modules)
  })

  test('writes a PNG with 8 pixels per module and a white border of four modules', async () => {
    // As a program: the bundle includes the library for PNG, which is CommonJS.
    const args = [...mint, '-o', 'url.png', '--content', 'x'.repeat(1000)]
    const { stdout, stderr } = await run(args, getOptions())
    const { width, height, data } = PNG.sync.read(readFileSync(join(home.path, 'url.png')))
    const modules = encodeModules(stdout)
    expect([width, height]).toStrictEqual([modules.length * 8, modules.length * 8])
    const pixels = modules.map((row, y) => row.map((_module, x) => data[((y * 8 + 4) * width + x * 8 + 4) * 4] === 0))
    expect(pixels).toStrictEqual(modules)
    expect(modules.slice(0, 4).flat()).not.toContain(true)
    expect(stderr).toBe('')
  })

  test('writes an SVG', async () => {
    await mintQr('-o', 'url.svg')
    expect(readFileSync(join(home.path, 'url.svg'), 'utf8')).toMatch(/^<svg [^>]+>.*<\/svg>\n$/s)
  })

  test.each([
    [['-o', 'url.gif'], '-o must end in .png or .svg'],
    [['--json'], '--qr requires -o with --json'],
    [['--max-url-length', '9000', '--content', 'x'.repeat(3000)], 'does not fit in a QR code'],
  ])('rejects %j with exit 2 and writes nothing', async (args, message) => {
    const { stdout, stderr, exit } = await mintQr(...args)
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
    expect(readdirSync(home.path)).toStrictEqual([])
  })
})
