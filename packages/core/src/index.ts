export {
  type AnyCommands,
  type ChoiceFields,
  type CommandDefinition,
  type CommandDefinitions,
  type CommandName,
  type CommandTitle,
  type CommentDefinition,
  type ContentInput,
  type ContentOutput,
  defineCommands,
  type PayloadOutput,
} from './commands.ts'
export { type ErrorCode, type ErrorDetails, errorCodes, HookurlError, isHookurlError } from './errors.ts'
export type { Hook, KeyRef } from './hook.ts'
export { type Inspection, inspect, type Problem, type ProblemCode } from './inspect.ts'
export type { LocalizedText } from './localized-text.ts'
export type { MailHeaders } from './mail-headers.ts'
export {
  createMinter,
  type Minter,
  type MinterOptions,
  type MintOptions,
  type MintTrace,
  type SigningSecretOptions,
} from './mint.ts'
export {
  type DerivedJwk,
  type DeriveJwkOptions,
  deriveJwk,
  generateKey,
  type Key,
  type KeyringInput,
  type KeysOption,
  parseKeys,
} from './token/keyring.ts'
export type { State } from './token/state.ts'
export { findToken, type TokenIn } from './url/base-url.ts'
export { redact } from './url/redact.ts'
export type { Duration } from './util/duration.ts'
export type { TraceEvent } from './util/tracer.ts'
