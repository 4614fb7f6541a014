/**
 * What the other packages of hookurl build on. Not a public interface: it changes without notice, and a package that
 * uses it depends on exactly the same version.
 */
export { sha256Hex, synchronous } from '#engine'
export { type Claims, checkTime, toHook } from './claims.ts'
export { findCommand, namePaths, runSchema } from './commands.ts'
export { tellDistance } from './distance.ts'
export { toSeconds } from './duration.ts'
export { invalidOption } from './errors.ts'
export { decodeTwice, type LocatedToken, locateToken, resemblesToken, splitQuery, splitTarget } from './find.ts'
export { createRing } from './keyring.ts'
export { checkBag, checkClock } from './options.ts'
export { toLogLine, toLogLines, visible } from './plain.ts'
export { createRedirectPolicy, findRedirectProblem } from './redirect.ts'
export { rememberLast } from './remember.ts'
export { type Awaitable, after, isThenable } from './result.ts'
export { toText } from './text.ts'
export { isSealed, openToken } from './token.ts'
