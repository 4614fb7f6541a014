import type { VerifyRow } from '../format.ts'
import { alterFirst, now, replaceSegment, sign } from './craft.ts'
import { bad, good } from './rows.ts'

/** Expiry, notBefore, the clock's tolerance, and what is said first where several things are wrong. */
export async function time(): Promise<VerifyRow[]> {
  const exp = await sign({ claims: { cmd: 'x', exp: now } })
  const nbf = await sign({ claims: { cmd: 'x', nbf: now } })
  const expires = { command: 'x', expiresAt: now }
  const begins = { command: 'x', expiresAt: undefined, notBefore: now }
  const last = await sign({ claims: { cmd: 'x', exp: 253402300799 } })
  return [
    good('the second before it expires', exp, { now: now - 1, hook: expires }),
    good('the last millisecond before it expires', exp, { now: now - 0.001, hook: expires }),
    bad('the second it expires', exp, { code: 'expired' }),
    bad('the second after it expires', exp, { now: now + 1, code: 'expired' }),
    bad('a year after it expires', exp, { now: now + 31_557_600, code: 'expired' }),
    good('the last second of the tolerance', exp, { now: now + 59, clockTolerance: 60, hook: expires }),
    bad('the second after the tolerance', exp, { now: now + 60, clockTolerance: 60, code: 'expired' }),
    good('the longest tolerance', exp, { now: now + 299.5, clockTolerance: 300, hook: expires }),
    bad('the second after the longest tolerance', exp, { now: now + 300, clockTolerance: 300, code: 'expired' }),
    good('the second it becomes valid', nbf, { hook: begins }),
    bad('the second before it becomes valid', nbf, { now: now - 1, code: 'not_yet_valid' }),
    bad('the last millisecond before it becomes valid', nbf, { now: now - 0.001, code: 'not_yet_valid' }),
    good('as early as the tolerance allows', nbf, { now: now - 60, clockTolerance: 60, hook: begins }),
    bad('earlier than the tolerance allows', nbf, { now: now - 61, clockTolerance: 60, code: 'not_yet_valid' }),
    good('without an expiry, in the year 9999', await sign({ claims: { cmd: 'x' } }), {
      now: 253402300799,
      hook: { command: 'x', expiresAt: undefined },
    }),
    good('the last expiry there is', last, { now: 253402300798, hook: { command: 'x', expiresAt: 253402300799 } }),
    good('an issuedAt in the future is not judged', await sign({ claims: { cmd: 'x', iat: now + 99 } }), {
      hook: { command: 'x', expiresAt: undefined, issuedAt: now + 99 },
    }),
    ...(await firsts()),
  ]
}

async function firsts(): Promise<VerifyRow[]> {
  const old = await sign({ claims: { cmd: 'x', exp: 1 } })
  const evil = { cmd: 'x', rdr: 'javascript:alert(1)' }
  return [
    bad('altered and expired: the signature is said first', replaceSegment(old, 2, alterFirst), {
      code: 'invalid_signature',
    }),
    bad('bad claims and expired: the claims first', await sign({ claims: { cmd: '', exp: 1 } }), {
      code: 'invalid_claims',
    }),
    bad('expired and another command: the time first', old, { command: 'y', code: 'expired' }),
    bad('expired and a forbidden redirect: the time first', await sign({ claims: { ...evil, exp: 1 } }), {
      code: 'expired',
    }),
    bad('not valid yet and another command: the time first', await sign({ claims: { cmd: 'x', nbf: now + 1 } }), {
      command: 'y',
      code: 'not_yet_valid',
    }),
    bad('another command and a forbidden redirect: the command first', await sign({ claims: evil }), {
      command: 'y',
      code: 'wrong_command',
    }),
  ]
}
