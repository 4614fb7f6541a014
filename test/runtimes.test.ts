import { createMinter } from '@hookurl/core'
import { describe, expect, test } from 'vitest'
import { readVectors } from '../conformance/read-vectors.ts'
import { testKey } from '../tools/snippets.ts'
import { findRuntime, runtimes, withRuntime } from './runtimes/runtimes.ts'

const minter = createMinter({ keys: testKey, baseUrl: 'https://bot.example.com/hooks', expiresIn: '1h' })
const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' }

for (const runtime of runtimes) {
  describe(`the built packages in ${runtime.name}`, () => {
    test('run what was minted, signed or sealed, refuse what was forged, and agree with every vector', async (context) => {
      const found = findRuntime(runtime)
      if ('absence' in found) return context.skip(found.absence)
      const signed = tokenOf(minter.mintSync({ command: '/run', content: 'ü' }))
      const sealed = tokenOf(await minter.mint({ command: '/run', content: 'ü', seal: true }))
      const forged = signed.slice(0, -3) + (signed.at(-3) === 'A' ? 'B' : 'A') + signed.slice(-2)

      await withRuntime({ ...runtime, ...found }, async (origin) => {
        const post = async (path: string): Promise<unknown[]> => {
          const answer = await fetch(origin + path, json)
          return [answer.status, await answer.json()]
        }
        for (const way of ['/hooks/', '/hono/']) {
          expect(await post(way + signed)).toEqual([200, ['ü', { a: 1 }]])
          expect(await post(way + sealed)).toEqual([200, ['ü', { a: 1 }]])
          expect(await post(way + forged)).toEqual([403, expect.objectContaining({ code: 'bad_signature' })])
        }
        expect(await post(`/guard/${signed}`)).toEqual([200, 'ü'])
        expect(await post(`/guard/${forged}`)).toEqual([403, expect.objectContaining({ code: 'bad_signature' })])
        expect((await fetch(`${origin}/hooks/${signed}`, { method: 'HEAD' })).status).toBe(200)
        expect((await fetch(`${origin}/slow/${signed}`, json)).status).toBe(202)

        const body = JSON.stringify(readVectors())
        const answer = await fetch(`${origin}/conformance?engine=${runtime.engine}`, { method: 'POST', body })
        const { passed, failures } = (await answer.json()) as { passed: number; failures: unknown[] }
        expect(failures).toEqual([])
        expect(passed).toBeGreaterThan(700)
      })
    })
  })
}

function tokenOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}
