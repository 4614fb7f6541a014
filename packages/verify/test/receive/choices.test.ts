import { createMinter, defineCommands } from '@hookurl/core'
import { createReceiver, memoryUseStore, type ReceivedHook, type ReceiverOptions } from '@hookurl/verify'
import { hookurl as fetchHookurl } from '@hookurl/verify/fetch'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { browserHeaders } from '../contract/shared.ts'
import { sendToHandler } from '../support/clients.ts'
import { summarize } from '../support/counting-receiver.ts'
import { baseUrl, key, now, toPath } from '../support/fixtures.ts'

const commands = defineCommands({
  '/deploy': {
    title: 'Deploy?',
    choices: { approve: 'Approve', reject: 'Reject <now>' },
    comment: { label: 'Why & how?', maxLength: 10 },
  },
  '/choose': {
    choices: { a: 'A', constructor: 'B', 'two words': 'C' },
    payload: z.strictObject({ x: z.string().optional() }),
  },
  '/note': { comment: { label: 'Note', maxLength: 5 } },
  '/plain': {},
})
const minter = createMinter({ keys: key, baseUrl, expiresIn: '30d', commands, now })
const form = { ...browserHeaders, 'content-type': 'application/x-www-form-urlencoded' }
const json = { 'content-type': 'application/json' }

type Command = keyof typeof commands
const pathOf = (command: Command) => toPath(minter.mintSync({ command }))

function createChoiceReceiver(options: Partial<ReceiverOptions> = {}) {
  const hooks: ReceivedHook<typeof commands>[] = []
  const receiver = createReceiver({
    keys: key,
    now,
    onError: () => {},
    commands,
    ...(options as object),
    handlers: { '*': (hook) => void hooks.push(hook) },
  })
  return { hooks, send: sendToHandler((request) => receiver.fetch(request)) }
}

async function post(path: string, body: string, headers: Record<string, string> = json) {
  const { hooks, send } = createChoiceReceiver()
  const response = await send({ method: 'POST', path, headers, body })
  return { result: summarize(response), paths: response.status === 422 ? response.text : '', hook: hooks[0] }
}

const getChoice = (hook: object | undefined) => Reflect.get(hook ?? {}, 'choice')
const getComment = (hook: object | undefined) => Reflect.get(hook ?? {}, 'comment')

describe('a choice', () => {
  const choices: readonly [body: string, choice: string | undefined][] = [
    ['{"choice":"a"}', 'a'],
    ['{"choice":"two words"}', 'two words'],
    ['{"choice":"constructor"}', 'constructor'],
    ['{"choice":"A"}', undefined],
    ['{"choice":"a "}', undefined],
    ['{"choice":""}', undefined],
    ['{"choice":"toString"}', undefined],
    ['{"choice":"hasOwnProperty"}', undefined],
    ['{"choice":"__proto__"}', undefined],
    ['{"choice":null}', undefined],
    ['{"choice":["a"]}', undefined],
    ['{"choice":{"a":1}}', undefined],
    ['{"choice":1}', undefined],
    ['{"Choice":"a"}', undefined],
    ['{}', undefined],
    ['[]', undefined],
    ['["a"]', undefined],
    ['"a"', undefined],
    ['null', undefined],
  ]
  for (const [body, choice] of choices) {
    test(`in ${body} is ${choice ?? 'invalid_payload'}`, async () => {
      const { result, paths, hook } = await post(pathOf('/choose'), body)
      expect(result).toBe(choice === undefined ? '422 invalid_payload' : '200 ok')
      expect(paths.includes('"paths":["choice"]')).toBe(choice === undefined)
      expect(getChoice(hook)).toBe(choice)
    })
  }

  const forms: readonly [body: string, choice: string | undefined][] = [
    ['choice=two+words', 'two words'],
    ['choice=a&choice=constructor', undefined],
    ['choice=a&choice=a', undefined],
    ['choice', undefined],
    ['', undefined],
    ['hookurl-form=1', undefined],
    ['hookurl-form=1&choice=a', 'a'],
  ]
  for (const [body, choice] of forms) {
    test(`in the form ${body} is ${choice ?? 'rejected'}`, async () => {
      const { result, hook } = await post(pathOf('/choose'), body, form)
      expect(result).toBe(choice === undefined ? '422 This request could not be completed' : '200 Done')
      expect(getChoice(hook)).toBe(choice)
    })
  }

  for (const [body, headers] of [
    ['', {}],
    ['hookurl-form=1', form],
    ['{}', json],
  ] as const) {
    test(`is not taken from the query: body ${JSON.stringify(body)}`, async () => {
      const { result, hook } = await post(`${pathOf('/choose')}?choice=a`, body, headers)
      expect(result).toMatch(/^422/)
      expect(hook).toBeUndefined()
    })
  }

  test('in a file of a form is rejected', async () => {
    const data = new FormData()
    data.append('choice', new File(['a'], 'a'))
    const request = new Request(`${baseUrl}`, { method: 'POST', body: data })
    const headers = { 'content-type': request.headers.get('content-type') ?? '' }
    expect((await post(pathOf('/choose'), await request.text(), headers)).result).toBe('422 invalid_payload')
  })

  test('is taken out before the schema validates the payload', async () => {
    const { hook } = await post(pathOf('/choose'), '{"choice":"a","x":"1"}')
    expect(hook?.payload).toEqual({ x: '1' })
    expect(getChoice(hook)).toBe('a')
  })

  test('of the confirm page leaves the parameters of the URL as the payload', async () => {
    const { hook } = await post(`${pathOf('/choose')}?x=1`, 'hookurl-form=1&choice=a', form)
    expect(hook?.payload).toEqual({ x: '1' })
  })

  test('is not taken from the payload of a command without choices', async () => {
    const { hook } = await post(pathOf('/plain'), '{"choice":"a","comment":"b"}')
    expect(hook?.payload).toEqual({ choice: 'a', comment: 'b' })
    expect([getChoice(hook), getComment(hook)]).toEqual([undefined, undefined])
  })

  test('cannot be made by GET, even if another minter signs allowGet', async () => {
    const other = createMinter({ keys: key, baseUrl, expiresIn: '30d', now })
    const { send, hooks } = createChoiceReceiver()
    const path = toPath(other.mintSync({ command: '/choose', allowGet: true }))
    expect(summarize(await send({ path: `${path}?choice=a` }))).toBe('422 invalid_payload')
    expect(hooks).toEqual([])
  })

  test('of a single-use URL cannot be changed: the second button finds it used', async () => {
    const { send, hooks } = createChoiceReceiver({ uses: memoryUseStore({ now }) })
    const path = toPath(minter.mintSync({ command: '/deploy', maxUses: 1 }))
    const submit = async (choice: string) =>
      summarize(await send({ method: 'POST', path, headers: form, body: `hookurl-form=1&comment=&choice=${choice}` }))
    expect(await submit('approve')).toBe('200 Done')
    expect(await submit('approve')).toBe('200 Done')
    expect(await submit('reject')).toBe('410 This link was already used')
    expect(hooks.map(getChoice)).toEqual(['approve'])
  })
})

describe('a comment', () => {
  const comments: readonly [comment: unknown, result: string | undefined | false][] = [
    ['ok', 'ok'],
    ['', undefined],
    [undefined, undefined],
    [' ', ' '],
    ['12345', '12345'],
    ['123456', false],
    ['a\r\nb\r\n', 'a\nb\n'],
    ['a\nb\rc', 'a\nb\nc'],
    ['1\r\n2\r\n3\r\n', false],
    ['😀😀', '😀😀'],
    ['😀😀😀', false],
    [null, undefined],
    [1, false],
    [['a'], false],
  ]
  for (const [comment, result] of comments) {
    test(`${JSON.stringify(comment)} is ${result === false ? 'rejected' : JSON.stringify(result)}`, async () => {
      const { result: summary, hook } = await post(pathOf('/note'), JSON.stringify({ comment }))
      expect(summary).toBe(result === false ? '422 invalid_payload' : '200 ok')
      expect(getComment(hook)).toBe(result === false ? undefined : result)
    })
  }

  test('is optional: a body of another kind is the payload', async () => {
    const { hook } = await post(pathOf('/note'), 'text', { 'content-type': 'text/plain' })
    expect(hook?.payload).toBe('text')
    expect(Object.keys(hook ?? {})).not.toContain('comment')
  })
})

describe('the confirm page of a command with choices', () => {
  const open = async (command: Command, options?: Partial<ReceiverOptions>) =>
    (await createChoiceReceiver(options).send({ path: pathOf(command), headers: browserHeaders })).text

  test('has a button for each choice, in order, escaped, and no other', async () => {
    const buttons = [...(await open('/deploy')).matchAll(/<button.*?<\/button>/g)].map(([button]) => button)
    expect(buttons).toEqual([
      '<button name="choice" value="approve">Approve</button>',
      '<button name="choice" value="reject">Reject &#60;now&#62;</button>',
    ])
  })

  test('has a labelled text field for the comment', async () => {
    const page = await open('/deploy')
    expect(page).toContain('<label for="comment">Why &#38; how?</label>')
    expect(page).toMatch(/<textarea id="comment" name="comment" rows="4" maxlength="10"><\/textarea>/)
  })

  test('has no single-line field, in which Enter would press the first button', async () => {
    expect(await open('/deploy')).not.toMatch(/<input (?!type="hidden")/)
  })

  test('without choices has its one button, next to the comment', async () => {
    const page = await open('/note')
    expect(page).toContain('<textarea')
    expect(page).toContain('<button>Confirm</button>')
  })

  test('of another command has neither', async () => {
    expect(await open('/plain')).not.toMatch(/choice|<textarea id/)
  })

  test('keeps its choices with custom copy', async () => {
    const page = await open('/deploy', { pages: { confirm: () => ({ title: 'Sure?', button: 'unused' }) } })
    expect(page).toContain('<h1>Sure?</h1>')
    expect(page).toContain('value="approve"')
    expect(page).not.toContain('unused')
  })

  test('is shown by a guard, which leaves the form to its route', async () => {
    const bodies: string[] = []
    const guard = fetchHookurl({ keys: key, now, commands, command: '/deploy' }, async (request) => {
      bodies.push(await request.text())
      return new Response('ok')
    })
    const send = sendToHandler(guard)
    const path = pathOf('/deploy')
    expect((await send({ path, headers: browserHeaders })).text).toContain('value="approve"')
    await send({ method: 'POST', path, headers: form, body: 'choice=approve&comment=x' })
    expect(bodies).toEqual(['choice=approve&comment=x'])
  })
})

test('behind a guard, the second button of a single-use URL finds it used, since the guard cannot tell which it is', async () => {
  const guard = fetchHookurl(
    { keys: key, now, commands, command: '*', uses: memoryUseStore({ now }) },
    () => new Response('ok'),
  )
  const send = sendToHandler(guard)
  const submit = async (path: string, body: string) =>
    summarize(await send({ method: 'POST', path, headers: form, body }))
  const path = toPath(minter.mintSync({ command: '/deploy', maxUses: 1 }))
  expect(await submit(path, 'choice=approve')).toBe('200 ok')
  expect(await submit(path, 'choice=reject')).toBe('410 This link was already used')
  const plain = toPath(minter.mintSync({ command: '/plain', maxUses: 1 }))
  expect(await submit(plain, '')).toBe('200 ok')
  expect(await submit(plain, '')).toBe('200 Done')
})
