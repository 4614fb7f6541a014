import { type HttpRequest, sendRequest } from '../../support/send-request.ts'

/** What looks at the links of an e-mail before its reader: by what each calls itself, and how it asks. */
const scannerRequests: readonly HttpRequest[] = [
  { method: 'HEAD', headers: { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)' } },
  {
    method: 'GET',
    headers: { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)', accept: 'text/html,*/*;q=0.8' },
  },
  { method: 'GET', headers: { 'user-agent': 'python-requests/2.32.0', accept: '*/*' } },
  { method: 'GET', headers: { 'user-agent': 'Barracuda Sentinel (EE)', accept: 'text/html' } },
  { method: 'GET', headers: { 'user-agent': 'TelegramBot (like TwitterBot)' } },
  { method: 'GET', headers: { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' } },
  { method: 'GET', headers: { 'sec-purpose': 'prefetch', 'sec-fetch-mode': 'navigate', accept: 'text/html' } },
  {
    method: 'GET',
    headers: { 'sec-purpose': 'prefetch;prerender', 'sec-fetch-mode': 'navigate', accept: 'text/html' },
  },
  { method: 'GET', headers: { purpose: 'prefetch', accept: 'text/html' } },
  { method: 'OPTIONS', headers: {} },
]

/** Looks at every link in every way, and at all that what comes back leads to; the statuses that it met. */
export async function scanLinks(links: readonly string[]): Promise<number[]> {
  const seen = new Set<string>()
  const statuses: number[] = []
  const waiting = [...links]
  for (let link = waiting.shift(); link !== undefined; link = waiting.shift()) {
    if (seen.has(link)) continue
    seen.add(link)
    for (const look of scannerRequests) {
      const answer = await sendRequest(link, look)
      statuses.push(answer.status)
      waiting.push(...readTargets(answer.headers.location, link), ...findTargets(answer.body, link))
    }
  }
  return statuses
}

function findTargets(page: string, from: string): string[] {
  const found = [...page.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, target = '']) => target)
  return found.flatMap((target) => readTargets(target, from))
}

function readTargets(target: string | undefined, from: string): string[] {
  return target === undefined ? [] : [new URL(target, from).href]
}
