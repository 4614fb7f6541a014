/**
 * How much of a body is read, in bytes, and for how long, in milliseconds.
 *
 * @internal
 */
export interface BodyLimits {
  readonly maxBodySize: number
  readonly timeoutMs: number
}

/** The default of `maxBodySize`: 1 MiB. */
export const DEFAULT_MAX_BODY_SIZE = 1_048_576

/** The default of `bodyTimeout`, in seconds. */
export const DEFAULT_BODY_TIMEOUT_SECONDS = 10

/** How deep arrays and objects may be nested. */
export const MAX_DEPTH = 64

/** How many parts or form parameters one body may have. */
export const MAX_PARTS = 1000

/**
 * The maximum length of a multipart boundary (RFC 2046, section 5.1.1): the search for a longer one takes quadratic
 * time.
 */
export const MAX_BOUNDARY_LENGTH = 70

/** The size of all headers of one part together, in bytes: more than any field or file name needs. */
export const MAX_PART_HEADER_SIZE = 4096

/** The maximum length of a charset label; the longest one in the Encoding Standard has 19 characters. */
export const MAX_CHARSET_LENGTH = 40
