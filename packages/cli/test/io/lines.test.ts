import { describe, expect, test } from 'vitest'
import { type Line, MAX_LINE_LENGTH, readLines } from '../../src/io/lines.ts'

async function* cut(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function collectLines(bytes: AsyncIterable<Buffer>): Promise<Line[]> {
  const lines: Line[] = []
  for await (const chunk of readLines(bytes)) lines.push(...chunk)
  return lines
}

function numberLines(...values: readonly (string | undefined)[]): Line[] {
  return values.map((text, index) => ({ number: index + 1, text }))
}

describe('readLines', () => {
  const inputs: readonly (readonly [name: string, input: string, lines: Line[]])[] = [
    ['nothing', '', []],
    ['one line', 'a\n', numberLines('a')],
    ['no final line break', 'a\nb', numberLines('a', 'b')],
    ['CRLF', 'a\r\nb\r\n', numberLines('a', 'b')],
    ['CR', 'a\rb\r', numberLines('a', 'b')],
    ['CR without a final line break', 'a\rb', numberLines('a', 'b')],
    ['all line breaks', 'a\nb\r\nc\rd\n\re', numberLines('a', 'b', 'c', 'd', '', 'e')],
    ['empty lines', '\n\na\n\n', numberLines('', '', 'a', '')],
    ['empty lines that end with CRLF', '\r\n\r\na\r\n\r\n', numberLines('', '', 'a', '')],
    ['other characters that end lines elsewhere', 'a\u2028b\u0085c\n', numberLines('a\u2028b\u0085c')],
    ['characters of several bytes', 'ä€🐈\né', numberLines('ä€🐈', 'é')],
  ]
  const sizes = [1, 2, 3, 65_536]

  test.each(inputs.flatMap(([name, ...rest]) => sizes.map((size) => [name, size, ...rest] as const)))(
    'numbers the lines of %s, in chunks of %i bytes',
    async (_name, size, input, lines) => {
      expect(await collectLines(cut(input, size))).toStrictEqual(lines)
    },
  )

  test('decodes invalid UTF-8 as replacement characters', async () => {
    async function* bytes(): AsyncGenerator<Buffer> {
      yield Buffer.from([0x61, 0xff, 0x0a, 0xe2, 0x82])
    }
    expect(await collectLines(bytes())).toStrictEqual(numberLines('a\ufffd', '\ufffd'))
  })

  test('yields the lines that have arrived, before the input ends', async () => {
    const taken: string[] = []
    async function* bytes(): AsyncGenerator<Buffer> {
      yield Buffer.from('a\nb\nc')
      taken.push('more')
      yield Buffer.from('\n')
    }
    const lines = readLines(bytes())
    expect((await lines.next()).value).toStrictEqual(numberLines('a', 'b'))
    expect(taken).toStrictEqual([])
  })

  const limit = 'x'.repeat(MAX_LINE_LENGTH)
  test.each([
    ['at the limit', `${limit}\nb`, numberLines(limit, 'b')],
    ['over the limit', `${limit}x\nb`, numberLines(undefined, 'b')],
    ['over the limit, as the last one', `a\n${limit}x`, numberLines('a', undefined)],
    ['far over the limit', `a\n${limit.repeat(3)}\n\nb`, numberLines('a', undefined, '', 'b')],
    ['over the limit and ending with CRLF', `${limit}x\r\nb`, numberLines(undefined, 'b')],
    ['over the limit, twice', `${limit}x\n${limit}x\n`, numberLines(undefined, undefined)],
  ])('keeps the text of a line up to the limit: one %s', async (_name, input, lines) => {
    for (const size of [1000, 65_536, input.length]) {
      const read = await collectLines(cut(input, size))
      expect(read.map(({ text }) => text?.length)).toStrictEqual(lines.map(({ text }) => text?.length))
      expect(read.map((line) => line.number)).toStrictEqual(lines.map((line) => line.number))
    }
  })
})
