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

/**
 * Whether a browser is fetching or rendering a page before the user opens it: `Sec-Purpose: prefetch`,
 * `Sec-Purpose: prefetch;prerender`, and the older `Purpose`.
 */
export function isPrefetch(request: IncomingRequest): boolean {
  return ['sec-purpose', 'purpose'].some((name) => request.header(name)?.toLowerCase().includes('prefetch') === true)
}

/** Whether a chat app or social network is fetching a link to show a preview of it. */
export function isLinkPreview(request: IncomingRequest): boolean {
  const agent = request.header('user-agent')?.toLowerCase()
  return agent !== undefined && previewAgents.some((name) => agent.includes(name))
}
