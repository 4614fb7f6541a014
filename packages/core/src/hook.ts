/** The key of the keyring that a token was signed with. An index above 0 means that an older key was used. */
export interface KeyRef {
  readonly index: number
  readonly id?: string
}

/**
 * A verified hook. Everything in it was signed by the minter. The object is frozen; its dates and its content are not.
 */
export interface Hook<Command extends string = string, Content = unknown> {
  /** The name of the command to run. */
  readonly command: Command
  /** The user that the URL is for, always a string: a minted number becomes its decimal representation. */
  readonly userId?: string
  /** The data that was signed into the URL. */
  readonly content: Content
  /** Where a browser is redirected after the command ran. */
  readonly redirectTo?: string
  /** Whether GET may run the command too. */
  readonly allowGet: boolean
  readonly expiresAt?: Date
  readonly notBefore?: Date
  readonly issuedAt?: Date
  readonly id?: string
  /** How often the URL may be used; undefined: without limit. */
  readonly maxUses?: number
  readonly key: KeyRef
}
