/** Which key of the keyring a token was signed with. An index above 0 says that an old key was used. */
export interface KeyRef {
  readonly index: number
  readonly id?: string
}

/**
 * What a verified hook URL says. Everything in it was signed by the minter. It is frozen; what
 * it holds, the dates and the content, is not.
 */
export interface Hook<Command extends string = string, Content = unknown> {
  /** The name of what is to run. */
  readonly command: Command
  /** Whom it is for, always as text: a number that was minted comes back as its decimal text. */
  readonly userId?: string
  /** The data that was signed into the URL. */
  readonly content: Content
  /** Where a browser goes afterwards. */
  readonly redirectTo?: string
  /** Whether GET may run the command too. */
  readonly allowGet: boolean
  readonly expiresAt?: Date
  readonly notBefore?: Date
  readonly issuedAt?: Date
  readonly id?: string
  /** How often the URL may be used; absent: without limit. */
  readonly maxUses?: number
  readonly key: KeyRef
}
