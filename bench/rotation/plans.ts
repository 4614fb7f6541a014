/** The keyrings that a machine may have: the first key mints, all verify. */
export type Keyring = 'old' | 'old, new' | 'new, old' | 'new'

/** One change, sent to every machine at the same time. Each machine receives it some time later. */
export interface Step {
  /** Seconds after the first change. */
  readonly at: number
  readonly keyring: Keyring
}

/** A sequence of steps that rotates a key. */
export interface Plan {
  readonly name: string
  /** Whether it is the documented order. */
  readonly isDocumented: boolean
  readonly steps: readonly Step[]
}

/** Durations in seconds. */
export interface Delays {
  /** The longest time until a change has reached a machine. */
  readonly rollOut: number
  /** How long a URL is valid. */
  readonly lifetime: number
}

/** Creates the documented plan and common wrong ones. */
export function createPlans({ rollOut, lifetime }: Delays): readonly Plan[] {
  const add: Step = { at: 0, keyring: 'old, new' }
  const promote: Step = { at: rollOut, keyring: 'new, old' }
  const lastOld = promote.at + rollOut
  const documented = [add, promote, { at: lastOld + lifetime, keyring: 'new' }] as const
  const wrong = (name: string, ...steps: readonly Step[]): Plan => ({ name, isDocumented: false, steps })
  return [
    { name: 'add everywhere, promote, retire after the last URL', isDocumented: true, steps: documented },
    wrong('replace the key immediately', { at: 0, keyring: 'new' }),
    wrong('promote first: the new key mints before all know it', { at: 0, keyring: 'new, old' }, documented[2]),
    wrong('promote while the added key is still on its way', add, { ...promote, at: rollOut / 2 }, documented[2]),
    wrong('retire as soon as the new key mints everywhere', add, promote, { at: lastOld, keyring: 'new' }),
    wrong('retire after half a lifetime', add, promote, { at: lastOld + lifetime / 2, keyring: 'new' }),
    wrong('retire a lifetime after the promotion was sent, not arrived', add, promote, {
      at: promote.at + lifetime,
      keyring: 'new',
    }),
  ]
}
