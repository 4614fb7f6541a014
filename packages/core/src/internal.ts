/**
 * Internal API for the other hookurl packages. It may change without notice, so a package that uses it must depend on
 * exactly the same version.
 */
export { decodeBytes, encodeBytes, hmac, sha256Hex, synchronous } from '#engine'
export { createTracer } from '#tracing'
export { findCommand, formatPaths, validateWithSchema } from './commands.ts'
export { constantTimeEqual } from './crypto/constant-time-equal.ts'
export { invalidOption } from './errors.ts'
export { assertExactNumbers } from './exact-numbers.ts'
export { decodeSegments } from './inspect.ts'
export { isLanguageTag, isLocalizedText } from './localized-text.ts'
export { type Claims, checkValidityPeriod, isName, toHook } from './token/claims.ts'
export { createHandle, isHandle, type OpenedHandle, openHandle } from './token/handle.ts'
export { asyncKeysError, createKeyringLoader, type DerivedKey, type DerivedKeyring } from './token/keyring.ts'
export { deriveSigningSecret } from './token/signing-secret.ts'
export { isBoundTo, serializeState } from './token/state.ts'
export {
  type EncryptedSegments,
  type OpenedToken,
  openToken,
  parseToken,
  type TokenRejection,
  type TokenSegments,
} from './token/token.ts'
export { decryptWaitValue, encryptWaitValue } from './token/wait-value.ts'
export {
  decodePercentTwice,
  type LocatedToken,
  type LocateResult,
  locateToken,
  looksLikeToken,
  splitQuery,
  splitTarget,
} from './url/locate-token.ts'
export { escapeControlChars, sanitizeLogLine, sanitizeLogLines } from './url/log-line.ts'
export { createRedirectPolicy, findRedirectProblem } from './url/redirect-policy.ts'
export { unwrapUrl } from './url/unwrap-url.ts'
export { assertOptions, resolveClock } from './util/assert-options.ts'
export { parseDuration } from './util/duration.ts'
export { chain, isPromiseLike, type MaybePromise } from './util/maybe-promise.ts'
export { memoizeLast } from './util/memoize-last.ts'
export { formatRelativeTime } from './util/relative-time.ts'
export { findEndOfJsonString, trimEnd, urlToString } from './util/string.ts'
export { type Tracer, toPublicError } from './util/tracer.ts'
