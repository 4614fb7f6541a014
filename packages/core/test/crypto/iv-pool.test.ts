import { expect, test } from 'vitest'
import { createIvPool } from '../../src/crypto/iv-pool.ts'

const DRAWS = 1000

/** Creates a pool whose source generates distinct numbers, and records the bytes that it generated. */
function createCountedPool(): { drawIv: () => Buffer; generated: number[] } {
  const generated: number[] = []
  const drawIv = createIvPool((length) => {
    const bytes = Buffer.from(Array.from({ length }, (_, at) => (generated.length + at) % 251))
    generated.push(...bytes)
    return bytes
  })
  return { drawIv, generated }
}

test('every initialization vector has 12 bytes', () => {
  const { drawIv } = createCountedPool()
  const lengths = Array.from({ length: DRAWS }, () => drawIv().length)
  expect(new Set(lengths)).toEqual(new Set([12]))
})

test('every random byte is used once, in order', () => {
  const { drawIv, generated } = createCountedPool()
  const drawn = Array.from({ length: DRAWS }, () => [...drawIv()]).flat()
  expect(drawn).toEqual(generated.slice(0, DRAWS * 12))
})

test('at most 256 initialization vectors are generated in advance', () => {
  const { drawIv, generated } = createCountedPool()
  for (let draw = 0; draw < DRAWS; draw++) drawIv()
  expect(generated.length - DRAWS * 12).toBeLessThan(256 * 12)
})

test('no byte is generated before the first draw', () => {
  expect(createCountedPool().generated).toEqual([])
})

test('an initialization vector keeps its bytes when the next ones are generated', () => {
  const { drawIv } = createCountedPool()
  const first = drawIv()
  const copy = [...first]
  for (let draw = 0; draw < DRAWS; draw++) drawIv()
  expect([...first]).toEqual(copy)
})

test('after the random source failed, the next draw generates again', () => {
  const results = [undefined, Buffer.alloc(3072, 7)]
  const drawIv = createIvPool(() => results.shift() ?? raise())
  expect(drawIv).toThrow('no entropy')
  expect([...drawIv()]).toEqual(Array(12).fill(7))
})

function raise(): never {
  throw new Error('no entropy')
}
