import type { IncomingRequest } from './incoming-request.ts'

// The user agents of chat apps and social networks that show link previews. The list is deliberately short: longer ones
// also match services that deliver webhooks, and in-app browsers that a user operates.
const previewAgents: readonly string[] = [
  'telegrambot',
  'slackbot-linkexpanding',
  'whatsapp/',
  'discordbot',
  'facebookexternalhit',
  'facebot',
  'twitterbot',
  'linkedinbot',
  'skypeuripreview',
  'redditbot',
  'mastodon/',
  'bluesky cardyb',
  'zulipurlpreview',
]

const prefetchHeaders = [
  ['sec-purpose', 'prefetch'],
  ['purpose', 'prefetch'],
  ['x-moz', 'prefetch'],
  ['x-purpose', 'preview'],
] as const

/**
 * Whether a browser fetches or renders a page before its user opens it: `Sec-Purpose: prefetch`,
 * `Sec-Purpose: prefetch;prerender`, the older `Purpose` and `X-Moz`, and Safari's `X-Purpose: preview`.
 */
export function isPrefetch(request: IncomingRequest): boolean {
  return prefetchHeaders.some(([name, value]) => request.header(name)?.toLowerCase().includes(value) === true)
}

/** Whether a chat app or social network is fetching a link to show a preview of it. */
export function isLinkPreview(request: IncomingRequest): boolean {
  const agent = request.header('user-agent')?.toLowerCase()
  return agent !== undefined && previewAgents.some((name) => agent.includes(name))
}
