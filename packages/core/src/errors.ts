import type { Hook } from './hook.ts'

/**
 * Every code that hookurl reports: the HTTP status a receiver answers with, the exit code of the command line, what is
 * wrong, and what to do about it. The tables in the documentation are generated from this one.
 */
export const errorCodes = {
  no_token: { status: 404, exit: 3, title: 'nothing like a token in the URL', fix: 'Use the URL as it was minted.' },
  ambiguous_token: {
    status: 400,
    exit: 3,
    title: 'two different tokens in one URL',
    fix: 'Leave only one of them in the URL.',
  },
  malformed_token: {
    status: 400,
    exit: 3,
    title: 'not a well-formed token: shape, alphabet, length or header',
    fix: 'Copy the whole URL again; `hookurl inspect` says what is damaged.',
  },
  unknown_key: {
    status: 403,
    exit: 3,
    title: 'signed with a key that is not in the keyring',
    fix: 'Add the key with this id to the keyring, or mint a new URL.',
  },
  invalid_signature: {
    status: 403,
    exit: 3,
    title: 'signed with another key or for another purpose, or altered',
    fix: 'Check that both sides have the same keys and purpose, and that the URL is unaltered.',
  },
  invalid_claims: {
    status: 400,
    exit: 3,
    title: 'signed, but not a version 1 hook',
    fix: 'Mint the URL with hookurl, or with claims as the token specification lists them.',
  },
  expired: { status: 410, exit: 4, title: 'the URL has expired', fix: 'Mint a new URL.' },
  not_yet_valid: { status: 403, exit: 4, title: 'the URL is not valid yet', fix: 'Try again later.' },
  wrong_command: {
    status: 403,
    exit: 5,
    title: 'good, but minted for another command than this place accepts',
    fix: 'Call the address that runs its command, or mint a URL for this one.',
  },
  already_used: { status: 410, exit: 5, title: 'the URL has been used up', fix: 'Mint a new URL.' },
  in_progress: {
    status: 503,
    exit: 5,
    title: 'its last use is being run right now',
    fix: 'Try again in a few seconds.',
  },
  denied: { status: 403, exit: 5, title: 'the application refused this URL', fix: 'Ask for a new URL.' },
  redirect_forbidden: {
    status: 403,
    exit: 5,
    title: 'its redirect is not allowed',
    fix: 'Redirect to an absolute https URL on one of the allowed hosts.',
  },
  unknown_command: {
    status: 404,
    exit: 5,
    title: 'there is no handler for its command',
    fix: "Add a handler for the command, or one for '*'.",
  },
  method_not_allowed: {
    status: 405,
    exit: 5,
    title: 'the URL does not act on this method',
    fix: 'Send a POST, or mint the URL with allowGet.',
  },
  invalid_content: {
    status: 422,
    exit: 5,
    title: "the command's schema refuses the content",
    fix: 'Mint the URL with content that fits the schema.',
  },
  invalid_payload: {
    status: 422,
    title: "the command's schema refuses what was posted",
    fix: 'Post data that fits the schema.',
  },
  malformed_body: {
    status: 400,
    title: 'the body is not what its content type says',
    fix: 'Send a body that fits its Content-Type.',
  },
  body_too_large: {
    status: 413,
    title: 'the body is over a limit: of its bytes, or of 1000 parts or parameters',
    fix: 'Send less, or raise maxBodySize for more bytes.',
  },
  body_timeout: { status: 408, title: 'the body did not arrive in time', fix: 'Send the body at once.' },
  request_aborted: { status: 400, title: 'the caller went away', fix: 'Send the request again.' },
  body_already_consumed: {
    status: 500,
    title: 'a body parser took the body and left nothing usable',
    fix: 'Mount hookurl before the body parser.',
  },
  unsupported_encoding: {
    status: 415,
    title: 'the body has a Content-Encoding other than identity',
    fix: 'Send the body uncompressed.',
  },
  store_unavailable: {
    status: 503,
    exit: 7,
    title: 'uses cannot be counted',
    fix: 'Give the receiver a use store that answers.',
  },
  handler_failed: { status: 500, title: 'the handler threw', fix: 'See the log of the application.' },
  invalid_option: { exit: 2, title: 'an option is not what it must be', fix: 'Correct the option.' },
  url_too_long: {
    exit: 2,
    title: 'the URL is longer than maxUrlLength',
    fix: 'Shorten the content, or raise maxUrlLength.',
  },
  invalid_key: { exit: 6, title: 'a key is missing or invalid', fix: 'Make a key with `hookurl keys new`.' },
  sync_unsupported: {
    status: 400,
    exit: 1,
    title: 'a synchronous call on a sealed token, or where there is no node:crypto',
    fix: 'Use the asynchronous call.',
  },
} as const

/** One of the codes in {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes

/** What may be said about an error beyond its code. */
export interface ErrorDetails {
  message?: string
  fix?: string
  /** The verified hook, where the signature held. */
  hook?: Hook
  /** The exit code of the command line, where it differs from the table's. */
  exit?: number
  /** Which parts of the content or payload a schema refused: their paths, never their values. */
  paths?: readonly string[]
  cause?: unknown
}

/**
 * The one error of hookurl. `message` says what is wrong and `fix` what to do; neither holds a token, a key or content.
 */
export class HookurlError extends Error {
  override readonly name: 'HookurlError' = 'HookurlError' as const
  readonly code: ErrorCode
  readonly fix: string
  /** The HTTP status a receiver answers with; absent for mistakes of the program itself. */
  readonly status: number | undefined
  /** The exit code of the command line. */
  readonly exit: number
  /** The paths a schema refused (`invalid_content`, `invalid_payload`). */
  readonly paths: readonly string[] | undefined
  /** The verified hook, where the signature held. Not enumerable: it must not end up in a log by itself. */
  declare readonly hook: Hook | undefined

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const row: { status?: number; exit?: number; title: string; fix: string } = errorCodes[code]
    super(details.message ?? row.title, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.fix = details.fix ?? row.fix
    this.status = row.status
    this.exit = details.exit ?? row.exit ?? 1
    this.paths = details.paths
    Object.defineProperty(this, 'hook', { value: details.hook, enumerable: false })
  }
}

/** Whether a value is a {@link HookurlError}, also one of another copy of this package. */
export function isHookurlError(value: unknown): value is HookurlError {
  if (value instanceof HookurlError) return true
  return (
    value instanceof Error && value.name === 'HookurlError' && Object.hasOwn(errorCodes, Reflect.get(value, 'code'))
  )
}

/** An `invalid_option` error; every option mistake is reported through this. */
export function invalidOption(message: string, fix?: string): HookurlError {
  return new HookurlError('invalid_option', { message, fix })
}
