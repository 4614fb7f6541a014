/** The heading of a page, and the text below it. */
export interface PageMessage {
  readonly title: string
  readonly text: string
}

/**
 * The copy of all default pages in one language, as plain text. `{host}`, `{time}` and `{code}` are replaced; they may be
 * left out. No string is empty or has more than 500 characters.
 */
export interface PageLanguage {
  /**
   * The confirm page. `title` is the heading of a command without one; `choices` replaces `text` if the command has
   * several buttons; `redirect` names the `{host}` that the user is then taken to.
   */
  readonly confirm: PageMessage & { readonly choices: string; readonly redirect: string; readonly button: string }
  /** The command has run. */
  readonly done: PageMessage
  /** The command is still running (`ackAfter`). */
  readonly accepted: PageMessage
  /** What link previews show for a command without a title. */
  readonly preview: { readonly title: string }
  readonly expired: PageMessage
  readonly notYetValid: PageMessage
  /** `usedAt` replaces `text` if the `{time}` of the last use is known. */
  readonly alreadyUsed: PageMessage & { readonly usedAt: string }
  /** Another request is processing the URL. */
  readonly inProgress: PageMessage
  /** The application denied the URL, or the request came from another site. */
  readonly denied: PageMessage
  readonly stateChanged: PageMessage
  /** Only its user may use the URL, and no one is signed in. */
  readonly signIn: PageMessage
  readonly wrongUser: PageMessage
  /** The server cannot process the URL at present. */
  readonly unavailable: PageMessage
  /** The command has failed, possibly after a part of its work. */
  readonly failed: PageMessage
  /** The URL is valid; the form that was sent is not. */
  readonly invalidRequest: PageMessage
  /** Everything else: there is no token in the URL, or it is not valid here. */
  readonly invalidLink: PageMessage
  /** The bottom of a page: before the option `support`, and the `{code}` of a rejection. */
  readonly footer: { readonly help: string; readonly reference: string }
}
