import type { RequestDetail } from '@hookurl/presentation/protocol'
import { describe, expect, test } from 'vitest'
import { createHistory, type History } from '../../src/inspector/history.ts'

function createEntry(id: number, base64 = ''): RequestDetail {
  return {
    id,
    time: '',
    method: 'POST',
    target: '/',
    status: 200,
    outcome: 'handled',
    bytes: base64.length,
    durationMs: 1,
    url: '/',
    headers: [],
    body: { base64, length: base64.length, isComplete: true },
    response: { headers: [], body: { base64: '', length: 0, isComplete: true } },
  }
}

function addBodies(history: History, lengths: readonly number[]): void {
  for (const length of lengths) history.add((id) => createEntry(id, 'x'.repeat(length)))
}

const hasBody = (history: History, id: number): boolean | undefined => history.find(id)?.body.isComplete

describe('createHistory', () => {
  test('keeps the last 500 requests', () => {
    const history = createHistory()
    for (let count = 0; count < 510; count++) history.add(createEntry)
    expect(history.list().map(({ id }) => id)).toStrictEqual(Array.from({ length: 500 }, (_, index) => index + 11))
    expect(history.find(10)).toBeUndefined()
    expect(history.find(11)?.id).toBe(11)
  })

  test('drops the oldest bodies once all bodies exceed the limit', () => {
    const history = createHistory({ maxEntries: 500, maxBodyChars: 100 })
    addBodies(history, [40, 40, 40])
    expect(hasBody(history, 1)).toBe(false)
    expect(hasBody(history, 2)).toBe(true)
    expect(hasBody(history, 3)).toBe(true)
  })

  test('keeps the body of the newest request even if it exceeds the limit', () => {
    const history = createHistory({ maxEntries: 500, maxBodyChars: 100 })
    addBodies(history, [40, 40, 400])
    expect(hasBody(history, 1)).toBe(false)
    expect(hasBody(history, 2)).toBe(false)
    expect(hasBody(history, 3)).toBe(true)
  })

  test('keeps a request whose body it has dropped', () => {
    const history = createHistory({ maxEntries: 500, maxBodyChars: 100 })
    addBodies(history, [40, 40, 400])
    expect(history.list()).toHaveLength(3)
  })
})
