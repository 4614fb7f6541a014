import { type CommandDefinitions, findCommand } from './commands.ts'
import { HookurlError, invalidOption } from './errors.ts'
import type { Claims } from './token/claims.ts'

/** The email headers for one-click unsubscribe (RFC 8058, section 3). */
export interface MailHeaders {
  readonly 'List-Unsubscribe': string
  readonly 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click'
}

// RFC 5322, section 2.1.1. A URL contains no whitespace, at which a longer line could be folded.
const MAX_LINE_LENGTH = 998

// The provider sends a POST without cookies or a signature; a GET of a scanner must not unsubscribe anyone.
const unsupported = [
  ['get', 'allowGet'],
  ['sig', 'requireSignature'],
  ['usr', 'requireUser'],
] as const

/**
 * Creates the headers for a URL whose token has these claims.
 *
 * @throws {HookurlError} `invalid_option`, `url_too_long`
 */
export function createMailHeaders(
  { href, protocol }: URL,
  claims: Claims,
  commands: CommandDefinitions | undefined,
): MailHeaders {
  if (protocol !== 'https:') {
    throw invalidOption('mail providers require an https URL (RFC 8058)', 'Mint it with an https baseUrl.')
  }
  for (const [claim, option] of unsupported) {
    if (claims[claim] === undefined) continue
    throw invalidOption(`a mail provider cannot use a URL minted with ${option}`, `Mint it without ${option}.`)
  }
  if (commands !== undefined && findCommand(commands, claims.cmd)?.choices !== undefined) {
    throw invalidOption('the command has choices, and a mail provider makes none', 'Mint a URL of another command.')
  }
  const value = `<${href}>`
  if ('List-Unsubscribe: '.length + value.length > MAX_LINE_LENGTH) {
    throw new HookurlError('url_too_long', {
      message: 'the URL is too long for a header line of an email (998 characters)',
      fix: 'Shorten the content, or sign an ID instead.',
    })
  }
  return { 'List-Unsubscribe': value, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
}
