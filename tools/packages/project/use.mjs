// What a project does with the packages on every runtime; it throws where they do otherwise.
import { createMinter, generateKey, isHookurlError, redact } from '@hookurl/core'
import { createReceiver, createVerifier, memoryUses } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'

const baseUrl = 'https://bot.example.com/hooks'

/** @returns {Promise<string>} */
export async function use() {
  // Not before it is called: a worker may not draw at random while it loads.
  const keys = generateKey()
  const minter = createMinter({ keys, baseUrl, expiresIn: '1h' })
  const receiver = createReceiver({
    keys,
    uses: memoryUses(),
    handlers: { '/run': (hook) => [hook.userId, hook.content, hook.payload] },
  })
  const guard = hookurl({ keys, command: '/run', onError: () => {} }, () => new Response('let in'))

  const signed = await minter.mint({ command: '/run', userId: 42, content: 'ü', maxUses: 1 })
  expect(await post(receiver.fetch, signed), '200 ["42","ü",{"a":1}]')
  const sealed = await minter.mint({ command: '/run', content: 'ü', encrypt: true })
  expect(await post(receiver.fetch, sealed), '200 [null,"ü",{"a":1}]')
  const again = await minter.mint({ command: '/run' })
  expect(await post(guard, again), '200 let in')
  const other = await minter.mint({ command: '/other' })
  expect((await post(guard, other)).slice(0, 3), '403')
  expect(await refusal(other, keys), 'wrong_command')
  expect(redact(`to ${signed}`).includes(signed), false)
  return 'works'
}

/**
 * @param {(request: Request, context?: any) => Response | Promise<Response>} host
 * @param {string} url
 */
async function post(host, url) {
  const headers = { 'content-type': 'application/json' }
  const answer = await host(new Request(url, { method: 'POST', headers, body: '{"a":1}' }))
  return `${answer.status} ${await answer.text()}`
}

/**
 * @param {string} url
 * @param {string} keys
 */
async function refusal(url, keys) {
  try {
    await createVerifier({ keys }).verify(url, { command: '/run' })
    return 'none'
  } catch (error) {
    if (!isHookurlError(error)) throw error
    return error.code
  }
}

/**
 * @param {unknown} seen
 * @param {unknown} expected
 */
function expect(seen, expected) {
  if (seen !== expected) throw new Error(`expected ${expected}, not ${seen}`)
}
