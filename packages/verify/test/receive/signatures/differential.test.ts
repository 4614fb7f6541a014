import { sign as signGithub, verify as verifyGithub } from '@octokit/webhooks-methods'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { now, seconds } from '../../support/fixtures.ts'
import { createSender, mintSigned } from '../../support/signatures.ts'

const RUNS = process.env.HOOKURL_ALL === '1' ? 100_000 : 3000
const SEED = 20_261_129

const secret = await mintSigned()
const webhook = new Webhook(secret.whsec)
const send = createSender()
const text = { 'content-type': 'text/plain; charset=utf-8' }
const bodies = [
  '{"type":"user.created","data":{"id":7}}',
  'a',
  '[1,2,3]',
  '{"note":"Grüße 🐈"}',
  'a=1&b=2',
  '1800000000.x',
]
const characters = [...'0123456789abcdefABCDEF+/=,.-_ v1{}"üß🐈']

// The library reads its own clock.
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: now() }))
afterAll(() => void vi.useRealTimers())

/** Numbers from a seed (mulberry32), so that every run sends the same deliveries. */
class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  /** Replaces, inserts, deletes, repeats or swaps characters. */
  edit(given: string): string {
    const list = [...given]
    const at = this.below(list.length + 1)
    const edits = [
      () => list.splice(at, 1, this.pick(characters)),
      () => list.splice(at, 0, this.pick(characters)),
      () => list.splice(at, 1),
      () => list.splice(at),
      () => list.push(...list),
      () => list.splice(0, list.length, ...list.join('').toUpperCase()),
    ]
    this.pick(edits)()
    return list.join('')
  }
}

interface Delivery {
  id: string
  timestamp: string
  signature: string
  body: string
}

/** Signs a delivery, possibly too early or late, and possibly next to other signatures. */
function createDelivery(random: Random): Delivery {
  const age = random.pick([0, 0, 0, 1, 299, 300, 301, -299, -300, -301, 86_400])
  const [id, timestamp, body] = [random.pick(['msg_1', 'evt.2', 'a-b_c']), seconds - age, random.pick(bodies)]
  const valid = webhook.sign(id, new Date(timestamp * 1000), body)
  const others = ['v1a,AAAA', 'v1,', 'v2,AAAA', `v1,${'A'.repeat(43)}=`, '', ',']
  const list = [valid, ...Array.from({ length: random.below(4) }, () => random.pick(others))]
  if (random.below(2) === 0) list.reverse()
  return { id, timestamp: `${timestamp}`, signature: list.join(' '), body }
}

function mutate(random: Random, delivery: Delivery): Delivery {
  const mutated = { ...delivery }
  for (let count = random.below(3); count > 0; count--) {
    const field = random.pick(['id', 'timestamp', 'signature', 'body'] as const)
    mutated[field] = random.edit(mutated[field])
  }
  return mutated
}

/** Returns headers as they arrive: without the whitespace around values. Fails for values that no header can have. */
function toHeaders(names: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(new Headers(names))
  } catch {
    return undefined
  }
}

function isAcceptedByLibrary(headers: Record<string, string>, body: string): boolean {
  try {
    webhook.verify(body, headers, { jsonParse: false })
    return true
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false
    throw error
  }
}

test(`standardwebhooks and hookurl agree about ${RUNS} mutated deliveries`, async () => {
  const random = new Random(SEED)
  const counts = { accepted: 0, rejected: 0, laxTimestamps: 0, unsendable: 0 }
  for (let run = 0; run < RUNS; run++) {
    const signed = createDelivery(random)
    const { id, timestamp, signature, body } = mutate(random, signed)
    const headers = toHeaders({ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature })
    if (headers === undefined) {
      counts.unsendable++
      continue
    }
    const { status } = await send(secret.url, { headers: { ...text, ...headers }, body })
    const isAccepted = status === 200
    expect([200, 403]).toContain(status)
    const isEdited =
      headers['webhook-id'] !== signed.id || headers['webhook-timestamp'] !== signed.timestamp || body !== signed.body
    if (isEdited) expect(isAccepted, `edit of what is signed, run ${run}`).toBe(false)
    const theirs = isAcceptedByLibrary(headers, body)
    // The library reads as much of the timestamp as is a number, so an edit after it goes unnoticed.
    if (theirs && isEdited) {
      expect(Number.parseInt(timestamp, 10), `run ${run}`).toBe(Number(signed.timestamp))
      counts.laxTimestamps++
    } else expect(isAccepted, `run ${run}: ${JSON.stringify({ id, timestamp, signature, body })}`).toBe(theirs)
    counts[isAccepted ? 'accepted' : 'rejected']++
  }
  expect(counts.accepted).toBeGreaterThan(RUNS / 10)
  expect(counts.rejected).toBeGreaterThan(RUNS / 10)
}, 600_000)

test(`@octokit/webhooks-methods and hookurl agree about ${RUNS} mutated deliveries`, async () => {
  const random = new Random(SEED + 1)
  const counts = { accepted: 0, rejected: 0, unsendable: 0 }
  for (let run = 0; run < RUNS; run++) {
    const signed = { body: random.pick(bodies), signature: '' }
    signed.signature = await signGithub(secret.plain, signed.body)
    const sent = { ...signed }
    for (let count = random.below(3); count > 0; count--) {
      const field = random.pick(['body', 'signature'] as const)
      sent[field] = random.edit(sent[field])
    }
    const headers = toHeaders({ 'x-hub-signature-256': sent.signature })
    // The library accepts neither an empty body nor an empty signature.
    if (headers === undefined || sent.body === '' || headers['x-hub-signature-256'] === '') {
      counts.unsendable++
      continue
    }
    const { status } = await send(secret.url, { headers: { ...text, ...headers }, body: sent.body })
    expect([200, 403]).toContain(status)
    if (sent.body !== signed.body) expect(status, `edit of what is signed, run ${run}`).toBe(403)
    const theirs = await verifyGithub(secret.plain, sent.body, headers['x-hub-signature-256'] ?? '')
    expect(status === 200, `run ${run}: ${JSON.stringify(sent)}`).toBe(theirs)
    counts[status === 200 ? 'accepted' : 'rejected']++
  }
  expect(counts.accepted).toBeGreaterThan(RUNS / 10)
  expect(counts.rejected).toBeGreaterThan(RUNS / 10)
}, 600_000)
