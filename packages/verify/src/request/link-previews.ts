import type { IncomingRequest } from './incoming-request.ts'

// The user agents of chats and networks that show link previews. The list is short on purpose: longer ones also match
// services that deliver webhooks, and in-app browsers that a user operates.
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
 * Whether a browser fetches or renders a page before its user opens it: `Sec-Purpose: prefetch`,
 * `Sec-Purpose: prefetch;prerender`, and the older `Purpose`.
 */
export function isPrefetch(request: IncomingRequest): boolean {
  return ['sec-purpose', 'purpose'].some((name) => request.header(name)?.toLowerCase().includes('prefetch') === true)
}

/** Whether a chat or network fetches a link to show its preview. */
export function isLinkPreview(request: IncomingRequest): boolean {
  const agent = request.header('user-agent')?.toLowerCase()
  return agent !== undefined && previewAgents.some((name) => agent.includes(name))
}
