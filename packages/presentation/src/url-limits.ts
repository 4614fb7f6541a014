/** Some services store no more than 255 characters of a URL. */
export const SHORT_URL_LIMIT = 255

/** Many services, and some browsers, accept no more than 2048 characters. */
export const LONG_URL_LIMIT = 2048

/** How many characters of a URL some services and programs accept, shortest first. */
export const urlLimits: readonly { readonly limit: number; readonly where: string }[] = [
  { limit: SHORT_URL_LIMIT, where: 'many database columns' },
  { limit: 512, where: 'link buttons in Discord' },
  { limit: LONG_URL_LIMIT, where: 'older browsers, query strings in IIS' },
  { limit: 3000, where: 'buttons in Slack' },
  { limit: 4000, where: 'callbacks of Twilio' },
  { limit: 8190, where: 'request lines in Apache' },
]
