import type { RedirectRow } from '../../adversarial/format.ts'

const forbidden = { code: 'redirect_forbidden' }

/** Rows with redirects that are rejected at mint and at verify, for the same reason. */
export function rejectedRedirects(
  reason: string,
  redirects: readonly string[],
  redirectHosts?: string[],
): RedirectRow[] {
  return redirects.map((redirect) =>
    makeRow({ redirect, reason, redirectHosts, minted: forbidden, verified: forbidden }),
  )
}

/** Rows with redirects that are normalized at mint, and rejected at verify without normalization. */
export function rewrittenRedirects(
  reason: string,
  redirects: readonly [redirectTo: string, minted: string][],
  redirectHosts?: string[],
): RedirectRow[] {
  return redirects.map(([redirect, minted]) =>
    makeRow({ redirect, reason, redirectHosts, minted, verified: forbidden }),
  )
}

/** Controls: redirects that are allowed without changes. */
export function allowedRedirects(
  reason: string,
  redirects: readonly string[],
  redirectHosts?: string[],
): RedirectRow[] {
  return redirects.map((redirect) =>
    makeRow({ redirect, reason, redirectHosts, minted: redirect, verified: 'allowed' }),
  )
}

function makeRow({ redirect, redirectHosts, ...rest }: Omit<RedirectRow, 'name'>): RedirectRow {
  const text = JSON.stringify(redirect.length > 90 ? `${redirect.slice(0, 24)}… (${redirect.length})` : redirect)
  const name = redirectHosts === undefined ? text : `${text}, where only ${redirectHosts.join(' ')} is allowed`
  return { name, redirect, ...(redirectHosts === undefined ? {} : { redirectHosts }), ...rest }
}
