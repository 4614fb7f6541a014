import { describe, expect, test } from 'vitest'
import { mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { expectPage, expectSafe, person, post } from './shared.ts'

const prefetches: readonly Record<string, string>[] = [
  { 'sec-purpose': 'prefetch' },
  { 'sec-purpose': 'prefetch;prerender' },
  { 'sec-purpose': 'prefetch;anonymous-client-ip' },
  { purpose: 'prefetch' },
  { 'sec-purpose': 'Prefetch' },
]

const previewAgents: readonly string[] = [
  'TelegramBot (like TwitterBot)',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'WhatsApp/2.23.20.0',
  'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
  'Twitterbot/1.0',
  'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)',
  'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
]

// Programs that deliver, and browsers in which there is a person.
const otherAgents: readonly string[] = [
  'curl/8.14.1',
  'axios/1.13.2',
  'Go-http-client/2.0',
  'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
  'GitHub-Hookshot/044aadd',
  'Slackbot 1.0 (+https://api.slack.com/robots)',
  'facebookplatform/1.0 (+http://developers.facebook.com)',
  'TwilioProxy/1.1',
  'python-requests/2.32.5',
  'Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36 Telegram-Android/11.4.2',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) [FBAN/FBIOS;FBAV/480.0]',
  'Mozilla/5.0 (Windows NT 10.0) discord/1.0.9173 Chrome/130.0 Electron/33.0 Safari/537.36',
  '',
]

export function describePreviews(subject: Subject): void {
  describe('who only looks', () => {
    for (const headers of prefetches) {
      test(`a prefetch (${JSON.stringify(headers)}) is told to come back`, async () => {
        for (const allowGet of [true, false]) {
          const ask = { method: 'GET', path: mintPath({ allowGet }), headers: { ...person, ...headers } }
          const { reply, calls } = await post(subject, ask)
          expect([reply.status, reply.text, reply.header('retry-after'), calls]).toEqual([503, '', '1', []])
          expectSafe(reply)
        }
      })
    }

    for (const agent of previewAgents) {
      test(`${agent.slice(0, 40)} … sees a title, and nothing runs`, async () => {
        const path = mintPath({ allowGet: true, content: 'a secret', redirectTo: 'https://shop.example/paid' })
        const commands = { '/onWebhook': { title: 'Pay <the> bill' } }
        const { reply, calls } = await post(
          subject,
          { method: 'GET', path, headers: { 'user-agent': agent, accept: '*/*' } },
          { commands },
        )
        expect([reply.status, calls]).toEqual([200, []])
        expectPage(reply, path)
        expect(reply.text).toContain('<title>Pay &#60;the&#62; bill</title>')
        expect(reply.text).not.toMatch(/secret|shop\.example|<p|<form/)
      })
    }

    for (const agent of otherAgents) {
      test(`${agent.slice(-40) || 'who does not say its name'} runs the command`, async () => {
        const ask = {
          method: 'GET',
          path: mintPath({ allowGet: true }),
          headers: { 'user-agent': agent, accept: '*/*' },
        }
        expect((await post(subject, ask)).calls).toHaveLength(1)
      })
    }

    test('a POST is never one of these', async () => {
      for (const headers of [...prefetches, ...previewAgents.map((agent) => ({ 'user-agent': agent }))]) {
        expect((await post(subject, { path: mintPath(), headers })).calls).toHaveLength(1)
      }
    })

    test('a HEAD, a preview and a prefetch, then the click: it runs once, from the click', async () => {
      const runs: string[] = []
      const handlers = { '/onWebhook': (hook: { method: string }) => void runs.push(hook.method) }
      for (const allowGet of [true, false]) {
        const path = mintPath({ allowGet })
        const send = async (ask: { method: string; headers?: Record<string, string>; body?: string }) =>
          (await post(subject, { path, ...ask }, { handlers })).reply.status
        const agent = { 'user-agent': 'TelegramBot (like TwitterBot)' }
        const looks = [
          await send({ method: 'HEAD', headers: agent }),
          await send({ method: 'GET', headers: agent }),
          await send({ method: 'GET', headers: { ...person, 'sec-purpose': 'prefetch' } }),
        ]
        expect([looks, runs]).toEqual([[200, 200, 503], []])
        await send({ method: 'GET', headers: person })
        if (!allowGet) await send({ method: 'POST', headers: person, body: '' })
        expect(runs.splice(0)).toEqual([allowGet ? 'GET' : 'POST'])
      }
    })
  })
}
