// Emulates GitHub: sends two deliveries, signed with GitHub's own library, and then what someone else would send.
import { randomUUID } from 'node:crypto'
import { sign } from '@octokit/webhooks-methods'

const [url = '', secret = '', name = 'ada/cats'] = process.argv.slice(2)
const repository = { full_name: name }
const push = JSON.stringify({ ref: 'refs/heads/main', repository })

await deliver('ping', JSON.stringify({ zen: 'Design for failure.', repository }))
await deliver('push', push)
await deliver('push, edited', push.replace('main', 'evil'), await sign(secret, push))
await deliver('push, without a signature', push, '')

async function deliver(what: string, body: string, signature?: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/044aadd',
    'x-github-delivery': randomUUID(),
    'x-github-event': what.split(',')[0] ?? '',
    'x-hub-signature-256': signature ?? (await sign(secret, body)),
  }
  const { status } = await fetch(url, { method: 'POST', headers, body })
  console.log(`${what} → ${status}`)
}
