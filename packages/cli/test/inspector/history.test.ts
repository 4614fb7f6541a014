import type { StreamMessage } from '@hookurl/presentation/protocol'
import { describe, expect, test } from 'vitest'
import { createHistory, type History } from '../../src/inspector/history.ts'
import { createTestEntry } from '../support/history-entry.ts'

function addBodies(history: History, lengths: readonly number[]): void {
  for (const length of lengths) history.add((id) => createTestEntry({ id, body: 'x'.repeat(length) }))
}

const hasBody = (history: History, id: number): boolean | undefined => history.find(id)?.detail.body.isComplete

describe('createHistory', () => {
  test('keeps the last 500 requests', () => {
    const history = createHistory()
    for (let count = 0; count < 510; count++) history.add((id) => createTestEntry({ id }))
    expect(history.list().map(({ id }) => id)).toStrictEqual(Array.from({ length: 500 }, (_, index) => index + 11))
    expect(history.find(10)).toBeUndefined()
    expect(history.find(11)?.detail.id).toBe(11)
  })

  test('keeps 500 requests of 100 kB with their bodies', () => {
    const history = createHistory()
    addBodies(
      history,
      Array.from({ length: 500 }, () => 100_000),
    )
    expect(hasBody(history, 1)).toBe(true)
  })

  test('drops the oldest bodies once all bodies exceed the limit', () => {
    const history = createHistory({ maxEntries: 500, maxBytes: 100 })
    addBodies(history, [40, 40, 40])
    expect(hasBody(history, 1)).toBe(false)
    expect(history.find(1)?.bytes.body).toBeUndefined()
    expect(hasBody(history, 2)).toBe(true)
    expect(hasBody(history, 3)).toBe(true)
  })

  test('keeps the body of the newest request even if it exceeds the limit', () => {
    const history = createHistory({ maxEntries: 500, maxBytes: 100 })
    addBodies(history, [40, 40, 400])
    expect(hasBody(history, 1)).toBe(false)
    expect(hasBody(history, 2)).toBe(false)
    expect(hasBody(history, 3)).toBe(true)
  })

  test('keeps a request whose body it has dropped', () => {
    const history = createHistory({ maxEntries: 500, maxBytes: 100 })
    addBodies(history, [40, 40, 400])
    expect(history.list()).toHaveLength(3)
  })

  test('counts a payload that is not its body, and responses', () => {
    const history = createHistory({ maxEntries: 500, maxBytes: 100 })
    const headers = [['content-type', 'application/json']] as const
    const record = { payload: { a: 'x'.repeat(30) } }
    for (let count = 0; count < 2; count++) {
      history.add((id) => createTestEntry({ id, headers, record, body: `{ "a": "${'x'.repeat(30)}" }` }))
    }
    expect(hasBody(history, 1)).toBe(false)
  })

  test('is empty after it was cleared, and continues to count', () => {
    const history = createHistory()
    const changes: StreamMessage[] = []
    addBodies(history, [1, 1])
    history.subscribe((change) => changes.push(change))
    history.clear()
    addBodies(history, [1])
    expect(history.list().map(({ id }) => id)).toEqual([3])
    expect(changes.map(({ type }) => type)).toEqual(['clear', 'request'])
  })
})
