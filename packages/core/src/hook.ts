/** The key in the keyring that signed a token. An index above 0 means that an older key was used. */
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
  /** The user the URL is for. Always a string: a number passed to `mint` becomes its decimal representation. */
  readonly userId?: string
  /** The data that was signed into the URL. */
  readonly content: Content
  /** Where browsers are redirected after the command has run. */
  readonly redirectTo?: string
  /** Whether GET runs the command too, not only POST. */
  readonly allowGet: boolean
  readonly expiresAt?: Date
  readonly notBefore?: Date
  readonly issuedAt?: Date
  readonly id?: string
  /** How many times the URL may be used; `undefined` if it is not limited. */
  readonly maxUses?: number
  /** Whether the URL is valid only while the state that it was minted with is unchanged. */
  readonly isStateBound?: true
  /** Whether the sender of a request must prove that it knows the URL's signing secret. */
  readonly requiresSignature?: true
  /** Whether only the user in `userId` may run the command, and only while signed in. */
  readonly requiresUser?: true
  readonly key: KeyRef
}
