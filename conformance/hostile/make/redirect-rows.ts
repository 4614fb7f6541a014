import type { RedirectRow } from '../format.ts'

const forbidden = { code: 'redirect_forbidden' }

/** Rows of one reason, refused at mint and when verifying. */
export function refuse(reason: string, redirects: readonly string[], redirectHosts?: string[]): RedirectRow[] {
  return redirects.map((redirect) => row({ redirect, reason, redirectHosts, minted: forbidden, verified: forbidden }))
}

/** Rows of one reason that mint writes otherwise, so that in this spelling no token of ours has them. */
export function rewrite(
  reason: string,
  redirects: readonly [given: string, minted: string][],
  redirectHosts?: string[],
): RedirectRow[] {
  return redirects.map(([redirect, minted]) => row({ redirect, reason, redirectHosts, minted, verified: forbidden }))
}

/** Controls: allowed as they are. */
export function allow(reason: string, redirects: readonly string[], redirectHosts?: string[]): RedirectRow[] {
  return redirects.map((redirect) => row({ redirect, reason, redirectHosts, minted: redirect, verified: 'allowed' }))
}

function row({ redirect, redirectHosts, ...rest }: Omit<RedirectRow, 'name'>): RedirectRow {
  const text = JSON.stringify(redirect.length > 90 ? `${redirect.slice(0, 24)}… (${redirect.length})` : redirect)
  const name = redirectHosts === undefined ? text : `${text}, where only ${redirectHosts.join(' ')} is allowed`
  return { name, redirect, ...(redirectHosts === undefined ? {} : { redirectHosts }), ...rest }
}
