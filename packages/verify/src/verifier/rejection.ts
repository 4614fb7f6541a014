import { type ErrorCode, type ErrorDetails, HookurlError } from '@hookurl/core'

/** Why a request or token is rejected. Internally, rejections are values; only the public API throws them as errors. */
export interface Rejection extends ErrorDetails {
  readonly ok: false
  readonly code: ErrorCode
  /** When the last use was committed, for `already_used`. */
  readonly usedAt?: Date
}

/** Converts a rejection to the error that the public API throws. */
export function toError(rejection: Rejection): HookurlError {
  return new HookurlError(rejection.code, rejection)
}
