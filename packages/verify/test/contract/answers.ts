import { describe, expect, test } from 'vitest'
import { mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { expectPage, expectSafe, person, program, receive } from './shared.ts'

const target = 'https://cataas.com/cat'
const ok = '{"ok":true}'

interface Row {
  readonly who: 'person' | 'program'
  readonly result: unknown
  readonly redirectTo?: string
  readonly redirect?: 'auto' | 'always' | 'never'
  /** 303 to the target, the page, or JSON. */
  readonly gives: 'redirect' | 'page' | string
}

const rows: readonly Row[] = [
  { who: 'person', result: undefined, redirectTo: target, gives: 'redirect' },
  { who: 'program', result: undefined, redirectTo: target, gives: ok },
  { who: 'person', result: undefined, gives: 'page' },
  { who: 'program', result: undefined, gives: ok },
  { who: 'person', result: { a: 1 }, gives: '{"a":1}' },
  { who: 'person', result: { a: 1 }, redirectTo: target, gives: 'redirect' },
  { who: 'program', result: { a: 1 }, redirectTo: target, gives: '{"a":1}' },
  { who: 'program', result: null, gives: 'null' },
  { who: 'program', result: 'ü </script>', gives: '"ü </script>"' },
  { who: 'program', result: '', gives: '""' },
  { who: 'program', result: false, gives: 'false' },
  { who: 'program', result: [1], gives: '[1]' },
  { who: 'program', result: { toJSON: () => 7 }, gives: '7' },
  { who: 'program', result: undefined, redirectTo: target, redirect: 'always', gives: 'redirect' },
  { who: 'person', result: undefined, redirectTo: target, redirect: 'always', gives: 'redirect' },
  { who: 'person', result: undefined, redirectTo: target, redirect: 'never', gives: 'page' },
  { who: 'program', result: undefined, redirect: 'always', gives: ok },
]

export function describeAnswers(subject: Subject): void {
  describe('answers', () => {
    for (const { who, result, redirectTo, redirect, gives } of rows) {
      const leads = redirectTo === undefined ? '' : ' of a URL that leads on'
      const mode = redirect === undefined ? '' : ` (redirect: ${redirect})`
      test(`a ${who}, after ${JSON.stringify(result) ?? 'nothing'}${leads}${mode}, gets ${gives}`, async () => {
        const send = await receive(subject, () => result, redirect === undefined ? {} : { redirect })
        const path = mintPath({ redirectTo })
        const reply = await send({ method: 'POST', path, headers: who === 'person' ? person : program, body: '' })
        expectSafe(reply)
        expect(reply.status).toBe(gives === 'redirect' ? 303 : 200)
        expect(reply.header('location')).toBe(gives === 'redirect' ? redirectTo : undefined)
        if (gives === 'page') expectPage(reply, path)
        else if (gives === 'redirect') expect(reply.text).toBe('')
        else expect([reply.text, reply.header('content-type')]).toEqual([gives, 'application/json'])
      })
    }

    test('a mail provider that unsubscribes with one click is a program, whatever it accepts', async () => {
      const send = await receive(subject, () => undefined)
      const path = mintPath({ redirectTo: target })
      const headers = { ...person, 'content-type': 'application/x-www-form-urlencoded' }
      const reply = await send({ method: 'POST', path, headers, body: 'List-Unsubscribe=One-Click' })
      expect([reply.status, reply.text]).toEqual([200, ok])
    })
  })
}
