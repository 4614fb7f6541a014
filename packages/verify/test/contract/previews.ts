import { describe, expect, test } from 'vitest'
import { mintPath } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'
import { browserHeaders, expectPage, expectSecurityHeaders, sendRequest } from './shared.ts'

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

// API clients that deliver webhooks, and browsers that a user controls.
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

/** Requests that only look at a URL. */
export function describePreviews(subject: Subject): void {
  describe('prefetches and link previews', () => {
    for (const headers of prefetches) {
      test(`a prefetch (${JSON.stringify(headers)}) gets 503 with Retry-After`, async () => {
        for (const allowGet of [true, false]) {
          const request = { method: 'GET', path: mintPath({ allowGet }), headers: { ...browserHeaders, ...headers } }
          const { response, calls } = await sendRequest(subject, request)
          expect(response.status).toBe(503)
          expect(response.text).toBe('')
          expect(response.header('retry-after')).toBe('1')
          expect(calls).toEqual([])
          expectSecurityHeaders(response)
        }
      })
    }

    for (const agent of previewAgents) {
      test(`${agent.slice(0, 40)} … gets a page with only the title, and nothing runs`, async () => {
        const path = mintPath({ allowGet: true, content: 'a secret', redirectTo: 'https://shop.example/paid' })
        const commands = { '/onWebhook': { title: 'Pay <the> bill' } }
        const { response, calls } = await sendRequest(
          subject,
          { method: 'GET', path, headers: { 'user-agent': agent, accept: '*/*' } },
          { commands },
        )
        expect(response.status).toBe(200)
        expect(calls).toEqual([])
        expectPage(response, path)
        expect(response.text).toContain('<title>Pay &#60;the&#62; bill</title>')
        expect(response.text).not.toMatch(/secret|shop\.example|<p|<form/)
      })
    }

    for (const agent of otherAgents) {
      test(`${agent.slice(-40) || 'an empty User-Agent'} runs the command`, async () => {
        const request = {
          method: 'GET',
          path: mintPath({ allowGet: true }),
          headers: { 'user-agent': agent, accept: '*/*' },
        }
        expect((await sendRequest(subject, request)).calls).toHaveLength(1)
      })
    }

    test('a POST with the headers of a prefetch or preview runs the command', async () => {
      for (const headers of [...prefetches, ...previewAgents.map((agent) => ({ 'user-agent': agent }))]) {
        expect((await sendRequest(subject, { path: mintPath(), headers })).calls).toHaveLength(1)
      }
    })

    for (const allowGet of [true, false]) {
      const method = allowGet ? 'GET' : 'POST'
      test(`after a HEAD, a preview and a prefetch, only the ${method} of the browser runs the command`, async () => {
        const runs: string[] = []
        const handlers = { '/onWebhook': (hook: { method: string }) => void runs.push(hook.method) }
        const path = mintPath({ allowGet })
        const send = async (request: { method: string; headers?: Record<string, string>; body?: string }) =>
          (await sendRequest(subject, { path, ...request }, { handlers })).response.status
        const agent = { 'user-agent': 'TelegramBot (like TwitterBot)' }
        expect(await send({ method: 'HEAD', headers: agent })).toBe(200)
        expect(await send({ method: 'GET', headers: agent })).toBe(200)
        expect(await send({ method: 'GET', headers: { ...browserHeaders, 'sec-purpose': 'prefetch' } })).toBe(503)
        expect(runs).toEqual([])
        await send({ method: 'GET', headers: browserHeaders })
        if (!allowGet) await send({ method: 'POST', headers: browserHeaders, body: '' })
        expect(runs).toEqual([method])
      })
    }
  })
}
