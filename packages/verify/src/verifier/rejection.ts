import { type ErrorCode, type ErrorDetails, HookurlError } from '@hookurl/core'

/** Why a request or token is rejected. Inside, rejections are values: only the public edge throws and captures a stack. */
export interface Rejection extends ErrorDetails {
  readonly ok: false
  readonly code: ErrorCode
}

/** The error that a rejection becomes at the public edge. */
export function toError(rejection: Rejection): HookurlError {
  return new HookurlError(rejection.code, rejection)
}
