/** The README's hook, as hookurl mints it. */
export const hook = {
  command: '/onWebhook',
  userId: '42',
  content: 'Did you see the cat?',
  redirectTo: 'https://cataas.com/cat',
}

/** The same claims for the JWT libraries. Each library adds the expiration time. */
export const claims = { cmd: hook.command, sub: hook.userId, cnt: hook.content, rdr: hook.redirectTo }

/** 30 days, in seconds. */
export const lifetime = 2_592_000

/** The expiration time of a token minted now, in epoch seconds. */
export function getExpiry(): number {
  return Math.floor(Date.now() / 1000) + lifetime
}
