import type { IgnoredCheck } from '@hookurl/verify'

/** The restrictions of a hook that only a receiver can check. */
export const receiverChecks: readonly IgnoredCheck[] = ['uses', 'user', 'signature']

/** All restrictions of a hook, to verify only its signature, claims and times. */
export const allRestrictions: readonly IgnoredCheck[] = [...receiverChecks, 'state']
