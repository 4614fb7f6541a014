import { gzipSync } from 'node:zlib'
import { createMinter, type MintOptions } from '@hookurl/core'

/** A request as a service sends it. */
export interface SampleHook {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData
}

interface SampleOptions {
  readonly keys: string
  /** The origin of the receiver. */
  readonly receiver: string
}

const json = { 'content-type': 'application/json' }
// 48 by 32 pixels, red to the left and green to the right.
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAADAAAAAgCAIAAADbtmxLAAAAzUlEQVR42q3OEZYCAABF0ZbzFtFKBoJgIBgIgiAIBoIgCAbm/BMMDARBEARBEARB1GL6i3jn3AXcwWv4oSCOwWs4UhBHQ2MFcTT0qSCOhiYK4mjoS0EcDU0VxNHQTEEcDc0VxNHQQkEcDS0VxNHQt4I4GlopiKOhtYI4GtooiKOhrYI4GvpREEdDvwriaGinII6G/hTE0dC/gjga2iuIo6GDgjgaOiqIo6GTgjgaOiuIo6GLgjgauiqIo6GbgjgauiuIo6GHgjgaeiqI4w0PXjCIErrzpwAAAABJRU5ErkJggg==',
  'base64',
)
const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="svg ran"</script></svg>'

/** Returns 40 requests: all kinds of bodies, rejections, handshakes and retries. Send them in this order. */
export function createSampleHooks({ keys, receiver }: SampleOptions): SampleHook[] {
  const mint = (command: string, options: Partial<MintOptions> = {}): string =>
    createMinter({ keys, baseUrl: `${receiver}/hooks`, expiresIn: '7d' }).mintSync({ command, ...options })
  const post = (command: string, sent: Partial<SampleHook> = {}, options: Partial<MintOptions> = {}): SampleHook => ({
    method: 'POST',
    url: mint(command, options),
    headers: {},
    ...sent,
  })
  const postJson = (command: string, value: unknown, headers: Record<string, string> = {}): SampleHook =>
    post(command, { body: JSON.stringify(value), headers: { ...json, ...headers } }, { userId: 42 })

  const invoice = postJson('/onPayment', createInvoice('in_1QxT2f', 129_900), {
    'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
    'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  })
  const slackChallenge = { token: 'x', challenge: '3eZbrw1aBm2rZgRNFdxV', type: 'url_verification' }
  const upload = new FormData()
  upload.set('title', 'Holiday in the Alps')
  upload.append('photo', new File([png], 'alps.png', { type: 'image/png' }))
  upload.append('photo', new File([svg], 'drawing.svg', { type: 'image/svg+xml' }))
  upload.append('notes', new File(['a,b\r\n1,2\r\n'], 'notes.csv', { type: 'text/csv' }))
  const push = createPush()

  return [
    post('/approve', { method: 'GET' }, { redirectTo: 'https://shop.example/thanks' }),
    postJson('/onWebhook', slackChallenge),
    post('/onWebhook', { method: 'HEAD' }),
    post('/onWebhook', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    }),
    post('/approve', { method: 'GET', headers: { 'user-agent': 'TelegramBot (like TwitterBot)' } }),
    postJson('/onTranscript', createTranscript(4000)),
    post('/onScan', {
      body: Uint8Array.from({ length: 3000 }, (_, at) => (at * 31) % 256),
      headers: { 'content-type': 'application/octet-stream' },
    }),
    post('/onScan', { body: Uint8Array.from(png), headers: { 'content-type': 'image/png' } }, { userId: 'scanner-7' }),
    post('/onUpload', { body: upload }, { userId: 42, content: { album: 'A-1093' } }),
    post('/onSms', {
      body: 'From=%2B15017122661&To=%2B15558675310&Body=Is+it+ready%3F&NumMedia=0&MessageSid=SM1f0e8ae6',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
    post('/onSms', {
      body: 'payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%22U024%22%7D',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
    post('/onFeed', {
      body: '<?xml version="1.0"?>\r\n<feed xmlns="http://www.w3.org/2005/Atom">\r\n  <entry><title>New &amp; noteworthy</title></entry>\r\n</feed>\r\n',
      headers: { 'content-type': 'application/atom+xml' },
    }),
    post('/onText', { body: 'Deploy of api-7 finished\nin 42 s\n', headers: { 'content-type': 'text/plain' } }),
    post('/onText', {
      body: '<h1>Hello</h1><script>document.title="html ran"</script>',
      headers: { 'content-type': 'text/html' },
    }),
    postJson('/onPush', push, {
      'x-github-event': 'push',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'user-agent': 'GitHub-Hookshot/044aadd',
    }),
    postJson(
      '/onPush',
      { action: 'opened', number: 7, pull_request: { title: 'Fix <b>everything</b>', merged: false } },
      { 'x-github-event': 'pull_request', 'x-github-delivery': '0b989ba4-242f-11e5-81e1-c7b6966d2516' },
    ),
    postJson(
      '/onPush',
      { action: 'completed', workflow_run: { id: 30433642, conclusion: 'success' } },
      { 'x-github-event': 'workflow_run', 'x-github-delivery': 'c1d0-1' },
    ),
    postJson(
      '/onOrder',
      { id: 820982911946154500, email: 'jon@example.com', total_price: '403.00' },
      { 'x-shopify-topic': 'orders/create', 'x-shopify-webhook-id': 'b54557e4' },
    ),
    post('/onNumbers', {
      body: '{"id":12345678901234567890,"price":1.0,"rate":1e-7,"text":"\u202etxt.exe"}',
      headers: json,
    }),
    post('/onBatch', {
      body: JSON.stringify(Array.from({ length: 250 }, (_, id) => ({ id, email: 'a@b.example', event: 'delivered' }))),
      headers: json,
    }),
    post('/onGzip', {
      body: new Uint8Array(gzipSync('{"type":"compressed","ok":true}')),
      headers: { ...json, 'content-encoding': 'gzip' },
    }),
    post('/onEmpty'),
    post('/onEmpty', { body: '', headers: json }),
    post('/onQuery', {
      method: 'POST',
      body: '{}',
      headers: json,
      url: `${mint('/onQuery')}?hub.mode=subscribe&attempt=2`,
    }),
    post('/onMalformed', { body: '{"type":"broken",', headers: json }),
    post('/onWebhook', { url: `${mint('/onWebhook')}x`, body: '{}', headers: json }),
    post('/onWebhook', { url: mint('/onWebhook').replace(/.$/, ''), body: '{}', headers: json }),
    post('/onPayment', {
      url: createMinter({ keys, baseUrl: `${receiver}/hooks`, expiresIn: 'never' }).mintSync({
        command: '/onPayment',
        expiresAt: new Date(1_700_000_000_000),
      }),
      body: '{"type":"late"}',
      headers: json,
    }),
    post('/', { method: 'GET', url: `${receiver}/favicon.ico` }),
    post('/', { method: 'GET', url: `${receiver}/.env` }),
    post('/onOnce', { body: '{"type":"single"}', headers: json, url: mint('/onOnce') }),
    invoice,
    invoice,
    invoice,
    postJson(
      '/onPayment',
      { type: 'invoice.payment_failed', data: { object: { id: 'in_1QxT9z', attempt_count: 2 } } },
      { 'webhook-id': 'msg_2' },
    ),
    postJson(
      '/onPayment',
      { type: 'customer.subscription.updated', data: { object: { id: 'sub_1', status: 'past_due' } } },
      { 'webhook-id': 'msg_3' },
    ),
    postJson('/onCall', { event: { type: 'call.completed', at: 1_797_000_000 }, team: 'T024' }),
    postJson('/onCall', { status: 'done', order: 'A-1093', retry: false }),
    postJson('/onTranscript', createTranscript(8)),
    postJson('/onPayment', createInvoice('in_1QxT5k', 4900), { 'webhook-id': 'msg_4' }),
  ]
}

/** Sends the requests one after the other. */
export async function sendAll(hooks: readonly SampleHook[]): Promise<void> {
  for (const { method, url, headers, body } of hooks) {
    const response = await fetch(url, { method, headers, body, redirect: 'manual' })
    await response.arrayBuffer()
  }
}

function createInvoice(id: string, amount: number): object {
  return {
    id: `evt_${id.slice(3)}`,
    object: 'event',
    api_version: '2026-09-30',
    created: 1_797_000_000,
    type: 'invoice.paid',
    livemode: false,
    data: {
      object: {
        id,
        amount_paid: amount,
        currency: 'eur',
        customer: 'cus_9s6XKzkNRiz8i3',
        customer_email: 'ada@example.com',
        paid: true,
        discount: null,
        lines: {
          data: [
            { description: '12 × Team plan', amount, period: { start: 1_796_000_000, end: 1_798_592_000 } },
            { description: 'Rückerstattung', amount: -500, period: { start: 1_796_000_000, end: 1_798_592_000 } },
          ],
        },
        hosted_invoice_url: `https://invoice.stripe.com/i/acct_1/test_${'x'.repeat(60)}`,
      },
    },
    pending_webhooks: 1,
  }
}

function createPush(): object {
  return {
    ref: 'refs/heads/main',
    before: '9d1c9c1b1f5e0c7c2a0a4b1b6d1c9c1b1f5e0c7c',
    after: 'b0ad62c1b1f5e0c7c2a0a4b1b6d1c9c1b1f5e0c7',
    repository: { full_name: 'ada/engine', private: false, stargazers_count: 1843 },
    pusher: { name: 'ada', email: 'ada@example.com' },
    commits: [
      { id: 'b0ad62c', message: 'Cancel every body that is not sent\n\nCloses #12', added: [], modified: ['a.ts'] },
    ],
  }
}

// 4,000 segments take 500 kB.
function createTranscript(segments: number): object {
  return {
    type: 'transcript.ready',
    language: 'en',
    segments: Array.from({ length: segments }, (_, id) => ({
      id,
      start: id * 2.5,
      end: id * 2.5 + 2.4,
      speaker: id % 2 === 0 ? 'A' : 'B',
      text: `And then, after a while, number ${id} said something worth writing down.`,
    })),
  }
}
