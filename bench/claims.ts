/** The README's hook, as minted by ours … */
export const hook = {
  command: '/onWebhook',
  userId: '42',
  content: 'Did you see the cat?',
  redirectTo: 'https://cataas.com/cat',
}

/** … and the same claims for the libraries that mint whatever they are given. All of them add the expiry. */
export const claims = { cmd: hook.command, sub: hook.userId, cnt: hook.content, rdr: hook.redirectTo }

/** 30 days, in seconds. */
export const lifetime = 2_592_000

/** The expiry that a token minted now has. */
export function expiry(): number {
  return Math.floor(Date.now() / 1000) + lifetime
}
