// Uses the packages as a project does on every runtime; throws if a result is wrong.
import { createMinter, generateKey, isHookurlError, redact } from '@hookurl/core'
import { createReceiver, createVerifier, memoryUseStore } from '@hookurl/verify'
import { hookurl } from '@hookurl/verify/fetch'

const baseUrl = 'https://bot.example.com/hooks'

/** @returns {Promise<string>} */
export async function use() {
  // A Worker may not generate random values while it loads.
  const keys = generateKey()
  const minter = createMinter({ keys, baseUrl, expiresIn: '1h' })
  const receiver = createReceiver({
    keys,
    uses: memoryUseStore(),
    handlers: { '/run': (hook) => Response.json([hook.userId, hook.content, hook.payload]) },
  })
  const guard = hookurl({ keys, command: '/run', onError: () => {} }, () => new Response('allowed'))

  const signed = await minter.mint({ command: '/run', userId: 42, content: 'ü', maxUses: 1 })
  expect(await post(receiver.fetch, signed), '200 ["42","ü",{"a":1}]')
  const encrypted = await minter.mint({ command: '/run', content: 'ü', encrypt: true })
  expect(await post(receiver.fetch, encrypted), '200 [null,"ü",{"a":1}]')
  const again = await minter.mint({ command: '/run' })
  expect(await post(guard, again), '200 allowed')
  const other = await minter.mint({ command: '/other' })
  expect((await post(guard, other)).slice(0, 3), '403')
  expect(await catchCode(other, keys), 'wrong_command')
  expect(redact(`to ${signed}`).includes(signed), false)
  return 'works'
}

/**
 * @param {(request: Request, context?: any) => Response | Promise<Response>} host
 * @param {string} url
 */
async function post(host, url) {
  const headers = { 'content-type': 'application/json' }
  const response = await host(new Request(url, { method: 'POST', headers, body: '{"a":1}' }))
  return `${response.status} ${await response.text()}`
}

/**
 * @param {string} url
 * @param {string} keys
 */
async function catchCode(url, keys) {
  try {
    await createVerifier({ keys }).verify(url, { command: '/run' })
    return 'none'
  } catch (error) {
    if (!isHookurlError(error)) throw error
    return error.code
  }
}

/**
 * @param {unknown} actual
 * @param {unknown} expected
 */
function expect(actual, expected) {
  if (actual !== expected) throw new Error(`expected ${expected}, got ${actual}`)
}
