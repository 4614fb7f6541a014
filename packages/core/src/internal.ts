/**
 * What the other packages of hookurl build on. Not a public interface: it changes without notice, and a package that
 * uses it depends on exactly the same version.
 */
export { synchronous } from '#engine'
export { type Claims, checkTime, isName, toHook } from './claims.ts'
export { type Checked, findCommand, namePaths, runSchema } from './commands.ts'
export { toSeconds } from './duration.ts'
export { invalidOption } from './errors.ts'
export { decodeTwice, type LocatedToken, locateToken, resemblesToken, splitQuery, splitTarget } from './find.ts'
export { createRing, type Ring } from './keyring.ts'
export { checkBag, checkClock } from './options.ts'
export { createRedirectPolicy, findRedirectProblem, type RedirectPolicy } from './redirect.ts'
export { rememberLast } from './remember.ts'
export { type Awaitable, after, isThenable, type Refused } from './result.ts'
export { isSealed, type Opened, openToken } from './token.ts'
