import { type HttpRequest, sendRequest } from '../../support/send-request.ts'

/** The requests that scanners, previews and prefetches make before the recipient opens a link. */
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

/** Sends every scanner request to every link, and to everything that the responses link to. Returns all statuses. */
export async function scanLinks(links: readonly string[]): Promise<number[]> {
  const seen = new Set<string>()
  const statuses: number[] = []
  const queue = [...links]
  for (let link = queue.shift(); link !== undefined; link = queue.shift()) {
    if (seen.has(link)) continue
    seen.add(link)
    for (const scannerRequest of scannerRequests) {
      const response = await sendRequest(link, scannerRequest)
      statuses.push(response.status)
      queue.push(...readTargets(response.headers.location, link), ...findTargets(response.body, link))
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
