import type { Hook } from './hook.ts'

/**
 * Every error code, with the HTTP status that a receiver responds with, the exit code of the CLI, what is wrong, and
 * how to fix it. The tables in the documentation are generated from this object.
 */
export const errorCodes = {
  no_token: { status: 404, exit: 3, title: 'no token found in the URL', fix: 'Use the URL as it was minted.' },
  ambiguous_token: {
    status: 400,
    exit: 3,
    title: 'the URL contains two different tokens',
    fix: 'Remove one of the tokens from the URL.',
  },
  malformed_token: {
    status: 400,
    exit: 3,
    title: 'the token is malformed: wrong segments, alphabet, length or header',
    fix: 'Copy the entire URL again, or run `hookurl inspect` to see what is damaged.',
  },
  unknown_key: {
    status: 403,
    exit: 3,
    title: 'signed with a key that is not in the keyring',
    fix: 'Add the key that the token names to the keyring, or mint a new URL.',
  },
  invalid_signature: {
    status: 403,
    exit: 3,
    title: 'signed with another key or for another purpose, or altered',
    fix: 'Check that both sides use the same keys and purpose, and that the URL is unaltered.',
  },
  invalid_claims: {
    status: 400,
    exit: 3,
    title: 'signed, but its claims are not those of a hook URL',
    fix: 'Mint the URL with hookurl, or with the claims that the token specification lists.',
  },
  expired: { status: 410, exit: 4, title: 'the URL has expired', fix: 'Mint a new URL.' },
  not_yet_valid: { status: 403, exit: 4, title: 'the URL is not valid yet', fix: 'Try again later.' },
  wrong_command: {
    status: 403,
    exit: 5,
    title: 'valid, but minted for a different command',
    fix: 'Call the endpoint for its command, or mint a URL for this one.',
  },
  already_used: { status: 410, exit: 5, title: 'the URL has no uses left', fix: 'Mint a new URL.' },
  in_progress: {
    status: 503,
    exit: 5,
    title: 'another request is processing this URL',
    fix: 'Try again in a few seconds.',
  },
  lease_lost: {
    status: 503,
    exit: 5,
    title: 'another request reserved the use while the handler ran',
    fix: 'Try again in a few seconds.',
  },
  denied: { status: 403, exit: 5, title: 'the application denied this URL', fix: 'Ask for a new URL.' },
  redirect_forbidden: {
    status: 403,
    exit: 5,
    title: 'the redirect is not allowed',
    fix: 'Redirect to an absolute https URL on one of the allowed hosts.',
  },
  unknown_command: {
    status: 404,
    exit: 5,
    title: 'there is no handler for the command',
    fix: "Add a handler for the command, or one for '*'.",
  },
  method_not_allowed: {
    status: 405,
    exit: 5,
    title: 'the URL does not allow this method',
    fix: 'Send a POST, or mint the URL with allowGet.',
  },
  invalid_content: {
    status: 422,
    exit: 5,
    title: "the content does not match the command's schema",
    fix: 'Mint the URL with content that matches the schema.',
  },
  invalid_payload: {
    status: 422,
    title: "the payload does not match the command's schema",
    fix: 'Send a payload that matches the schema.',
  },
  malformed_body: {
    status: 400,
    title: 'the body does not match its Content-Type',
    fix: 'Send a body that matches its Content-Type.',
  },
  body_too_large: {
    status: 413,
    title: 'the body exceeds a limit: maxBodySize, or 1000 parts or parameters',
    fix: 'Send less data, or raise maxBodySize to allow more bytes.',
  },
  body_timeout: { status: 408, title: 'the body did not arrive in time', fix: 'Send the body without delay.' },
  request_aborted: { status: 400, title: 'the client disconnected', fix: 'Send the request again.' },
  body_already_consumed: {
    status: 500,
    title: 'the body was already consumed',
    fix: 'Mount hookurl before the body parser.',
  },
  unsupported_encoding: {
    status: 415,
    title: 'the Content-Encoding of the body is not supported',
    fix: 'Send the body uncompressed, or with gzip, deflate or br.',
  },
  store_unavailable: {
    status: 503,
    exit: 7,
    title: 'the store is unavailable',
    fix: 'Check that the store is reachable.',
  },
  not_configured: {
    status: 503,
    exit: 7,
    title: 'the URL has a restriction that the receiver is not set up to check',
    fix: 'Set the option that checks it: uses, state or user. To verify a signature, the receiver needs the bytes of the body.',
  },
  state_changed: {
    status: 410,
    exit: 5,
    title: 'the state that the URL was minted with has changed',
    fix: 'Mint a new URL if the command still needs to run.',
  },
  state_unavailable: {
    status: 503,
    exit: 7,
    title: 'the state could not be determined',
    fix: 'Check the state function: it must return a state within 2 seconds.',
  },
  unsigned_request: {
    status: 403,
    exit: 5,
    title: "the request is not signed with the URL's signing secret",
    fix: "Enter the URL's signing secret at the service that sends the requests.",
  },
  user_unavailable: {
    status: 503,
    exit: 7,
    title: 'the user could not be determined',
    fix: 'Check the user function: it must return a user ID within 2 seconds.',
  },
  sign_in_required: {
    status: 401,
    exit: 5,
    title: 'the URL requires its user to be signed in',
    fix: 'Sign in and try again.',
  },
  wrong_user: {
    status: 403,
    exit: 5,
    title: 'the URL is for another user',
    fix: 'Sign in as the user that the URL is for.',
  },
  handler_failed: { status: 500, title: 'the handler failed', fix: "Check the application's log." },
  invalid_option: { exit: 2, title: 'invalid option', fix: 'Correct the option.' },
  url_too_long: {
    exit: 2,
    title: 'the URL is longer than maxUrlLength',
    fix: 'Shorten the content, or raise maxUrlLength.',
  },
  keys_unavailable: {
    status: 503,
    exit: 7,
    title: 'the keys could not be loaded',
    fix: 'Check the option keys: its function must return the keys within 10 seconds.',
  },
  invalid_key: { exit: 6, title: 'a key is missing or invalid', fix: 'Create a key with `hookurl keys new`.' },
  sync_unsupported: {
    status: 400,
    exit: 1,
    title: 'a synchronous call needs node:crypto, and keys that are not loaded asynchronously',
    fix: 'Use the asynchronous call.',
  },
} as const

/** One of the codes in {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes

/** Details of an error in addition to its code. */
export interface ErrorDetails {
  message?: string | undefined
  fix?: string | undefined
  /** The verified hook, if the signature was valid. */
  hook?: Hook | undefined
  /** The exit code of the CLI, if it differs from the one in {@link errorCodes}. */
  exit?: number | undefined
  /** The paths in the content or payload that do not match the schema, without their values. */
  paths?: readonly string[] | undefined
  cause?: unknown
}

/**
 * The only error class of hookurl. `message` says what is wrong and `fix` says what to do; neither ever contains a
 * token, a key or content.
 */
export class HookurlError extends Error {
  override readonly name: 'HookurlError' = 'HookurlError' as const
  readonly code: ErrorCode
  readonly fix: string
  /** The HTTP status that a receiver responds with; `undefined` for programming errors. */
  readonly status: number | undefined
  /** The exit code of the CLI. */
  readonly exit: number
  /** The paths that do not match the schema (`invalid_content`, `invalid_payload`). */
  readonly paths: readonly string[] | undefined
  /** The verified hook, if the signature was valid. Not enumerable, so that it is not logged automatically. */
  declare readonly hook: Hook | undefined

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const definition: { status?: number; exit?: number; title: string; fix: string } = errorCodes[code]
    super(details.message ?? definition.title, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.fix = details.fix ?? definition.fix
    this.status = definition.status
    this.exit = details.exit ?? definition.exit ?? 1
    this.paths = details.paths
    Object.defineProperty(this, 'hook', { value: details.hook, enumerable: false })
  }
}

/** Whether a value is a {@link HookurlError}, including one from another copy of this package. */
export function isHookurlError(value: unknown): value is HookurlError {
  if (value instanceof HookurlError) return true
  return (
    value instanceof Error && value.name === 'HookurlError' && Object.hasOwn(errorCodes, Reflect.get(value, 'code'))
  )
}

/** Creates an `invalid_option` error. */
export function invalidOption(message: string, fix?: string): HookurlError {
  return new HookurlError('invalid_option', { message, fix })
}
