/** What a machine may hold: the first key mints, all verify. */
export type Keyring = 'old' | 'old, new' | 'new, old' | 'new'

/** One change, sent to every machine at a moment; each has it some time later. */
export interface Step {
  /** In seconds, from the first change on. */
  readonly at: number
  readonly keyring: Keyring
}

/** A way to roll a key. */
export interface Plan {
  readonly name: string
  /** Whether it is the way that the documentation tells. */
  readonly isDocumented: boolean
  readonly steps: readonly Step[]
}

/** How long things take, in seconds. */
export interface Delays {
  /** Until a change has reached every machine. */
  readonly rollOut: number
  /** The longest that a URL lives. */
  readonly lifetime: number
}

/** The documented order, and what people do instead. */
export function createPlans({ rollOut, lifetime }: Delays): readonly Plan[] {
  const add: Step = { at: 0, keyring: 'old, new' }
  const promote: Step = { at: rollOut, keyring: 'new, old' }
  const lastOld = promote.at + rollOut
  const documented = [add, promote, { at: lastOld + lifetime, keyring: 'new' }] as const
  const wrong = (name: string, ...steps: readonly Step[]): Plan => ({ name, isDocumented: false, steps })
  return [
    { name: 'add everywhere, promote, retire after the last URL', isDocumented: true, steps: documented },
    wrong('replace the key at once', { at: 0, keyring: 'new' }),
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
