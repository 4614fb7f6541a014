import type { VerifyRow } from '../../format.ts'
import { alterFirst, now, replaceSegment, sign } from '../craft.ts'
import { rejectedRow, validRow } from './rows.ts'

/** Expiry, notBefore, clock tolerance, and which error is reported if there are several. */
export async function makeTimeRows(): Promise<VerifyRow[]> {
  const exp = await sign({ claims: { cmd: 'x', exp: now } })
  const nbf = await sign({ claims: { cmd: 'x', nbf: now } })
  const expires = { command: 'x', expiresAt: now }
  const begins = { command: 'x', expiresAt: undefined, notBefore: now }
  const last = await sign({ claims: { cmd: 'x', exp: 253402300799 } })
  return [
    validRow('the second before it expires', exp, { now: now - 1, hook: expires }),
    validRow('the last millisecond before it expires', exp, { now: now - 0.001, hook: expires }),
    rejectedRow('the second it expires', exp, { code: 'expired' }),
    rejectedRow('the second after it expires', exp, { now: now + 1, code: 'expired' }),
    rejectedRow('a year after it expires', exp, { now: now + 31_557_600, code: 'expired' }),
    validRow('the last second of the tolerance', exp, { now: now + 59, clockTolerance: 60, hook: expires }),
    rejectedRow('the second after the tolerance', exp, { now: now + 60, clockTolerance: 60, code: 'expired' }),
    validRow('the longest tolerance', exp, { now: now + 299.5, clockTolerance: 300, hook: expires }),
    rejectedRow('the second after the longest tolerance', exp, {
      now: now + 300,
      clockTolerance: 300,
      code: 'expired',
    }),
    validRow('the second it becomes valid', nbf, { hook: begins }),
    rejectedRow('the second before it becomes valid', nbf, { now: now - 1, code: 'not_yet_valid' }),
    rejectedRow('the last millisecond before it becomes valid', nbf, { now: now - 0.001, code: 'not_yet_valid' }),
    validRow('as early as the tolerance allows', nbf, { now: now - 60, clockTolerance: 60, hook: begins }),
    rejectedRow('earlier than the tolerance allows', nbf, { now: now - 61, clockTolerance: 60, code: 'not_yet_valid' }),
    validRow('without an expiry, in the year 9999', await sign({ claims: { cmd: 'x' } }), {
      now: 253402300799,
      hook: { command: 'x', expiresAt: undefined },
    }),
    validRow('the last expiry there is', last, { now: 253402300798, hook: { command: 'x', expiresAt: 253402300799 } }),
    validRow('an issuedAt in the future is not judged', await sign({ claims: { cmd: 'x', iat: now + 99 } }), {
      hook: { command: 'x', expiresAt: undefined, issuedAt: now + 99 },
    }),
    ...(await makePrecedenceRows()),
  ]
}

async function makePrecedenceRows(): Promise<VerifyRow[]> {
  const expired = await sign({ claims: { cmd: 'x', exp: 1 } })
  const forbidden = { cmd: 'x', rdr: 'javascript:alert(1)' }
  return [
    rejectedRow('altered and expired: the signature is said first', replaceSegment(expired, 2, alterFirst), {
      code: 'invalid_signature',
    }),
    rejectedRow('bad claims and expired: the claims first', await sign({ claims: { cmd: '', exp: 1 } }), {
      code: 'invalid_claims',
    }),
    rejectedRow('expired and another command: the time first', expired, { command: 'y', code: 'expired' }),
    rejectedRow('expired and a forbidden redirect: the time first', await sign({ claims: { ...forbidden, exp: 1 } }), {
      code: 'expired',
    }),
    rejectedRow(
      'not valid yet and another command: the time first',
      await sign({ claims: { cmd: 'x', nbf: now + 1 } }),
      {
        command: 'y',
        code: 'not_yet_valid',
      },
    ),
    rejectedRow('another command and a forbidden redirect: the command first', await sign({ claims: forbidden }), {
      command: 'y',
      code: 'wrong_command',
    }),
  ]
}
