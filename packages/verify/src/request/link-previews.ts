import type { IncomingRequest } from './incoming-request.ts'

// What chats and networks that show a preview call themselves. Short on purpose: a longer list also names services that
// deliver webhooks, and in-app browsers, in which there is a person.
const agents: readonly string[] = [
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
 * Whether a browser fetches or renders a page beforehand, in case its user should go there: `Sec-Purpose: prefetch`,
 * `Sec-Purpose: prefetch;prerender`, and the older `Purpose`.
 */
export function isPrefetch(exchange: IncomingRequest): boolean {
  return ['sec-purpose', 'purpose'].some((name) => exchange.header(name)?.toLowerCase().includes('prefetch') === true)
}

/** Whether a chat or network fetches a link to show what it leads to. */
export function isPreview(exchange: IncomingRequest): boolean {
  const agent = exchange.header('user-agent')?.toLowerCase()
  return agent !== undefined && agents.some((name) => agent.includes(name))
}
