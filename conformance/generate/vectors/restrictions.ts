import type { ExpectedHook, Json, MintRow, SigningSecretRow, StateJson, StateRow, VerifyRow } from '../../format.ts'
import {
  derive,
  deriveStateHash,
  encode,
  encrypt,
  hmac,
  keyA,
  keyB,
  now,
  plainClaims,
  shorten,
  sign,
  signRaw,
  stateInput,
  type TokenInput,
} from '../craft.ts'
import { rejectedRow, validRow } from './rows.ts'

const baseUrl = 'https://bot.example.com/hooks'
const emoji = '\u{1f600}'

// `sta`, `sig` and `usr`: accepted and rejected values, as JSON.
const limits: readonly {
  claim: string
  ignore: VerifyRow['ignore']
  hook: Partial<ExpectedHook>
  accepted: string[]
}[] = [
  {
    claim: 'sta',
    ignore: ['state'],
    hook: { isStateBound: true },
    accepted: ['"AAAAAAAAAAAA"', '"aZ09-_aZ09-_"', '"____________"'],
  },
  { claim: 'sig', ignore: ['signature'], hook: { requiresSignature: true }, accepted: ['1', '1.0', '1e0'] },
  { claim: 'usr', ignore: ['user'], hook: { requiresUser: true }, accepted: ['1', '1.0', '1e0'] },
]
const rejectedFlags = ['0', '2', '-1', '1.5', 'true', 'false', '"1"', 'null', '[1]', '{}']
const rejectedHashes = [
  '""',
  '"AAAAAAAAAAA"',
  '"AAAAAAAAAAAAA"',
  '"AAAAAAAAAAA="',
  '"AAAAAAAAAA+/"',
  '"AAAAAAAAAAA "',
  '"AAAAAAAAAAA\\n"',
  '"AAAAAAAAAAA\\u00e4"',
  'null',
  '0',
  'true',
  '["AAAAAAAAAAAA"]',
  '{}',
]

/** Tokens with restrictions, and how a verifier checks them, ignores them or is not configured to check them. */
export async function makeRestrictionRows(): Promise<VerifyRow[]> {
  return [
    ...makeLimitRows(),
    ...makeConflictRows(),
    ...(await makeIgnoreRows()),
    ...(await makeComparisonRows()),
    ...(await makeOrderRows()),
  ]
}

function makeLimitRows(): VerifyRow[] {
  return limits.flatMap(({ claim, ignore, hook, accepted }) => [
    ...accepted.map((value) =>
      validRow(`${claim} ${value}`, signClaim(claim, value), { ignore, hook: { userId: '7', ...hook } }),
    ),
    ...(claim === 'sta' ? rejectedHashes : rejectedFlags).map((value) =>
      rejectedRow(`${claim} ${value}`, signClaim(claim, value), { ignore, code: 'invalid_claims' }),
    ),
  ])
}

function makeConflictRows(): VerifyRow[] {
  const ignore: VerifyRow['ignore'] = ['uses', 'state', 'user', 'signature']
  const conflicts: readonly [name: string, claims: object][] = [
    ['usr without sub', { usr: 1 }],
    ['usr with get', { sub: '7', get: 1, usr: 1 }],
    ['sig with get', { get: 1, sig: 1 }],
    ['sig with usr', { sub: '7', sig: 1, usr: 1 }],
    ['sig with usr without sub', { sig: 1, usr: 1 }],
    ['sig and usr with get', { sub: '7', get: 1, sig: 1, usr: 1 }],
  ]
  const sta = 'AAAAAAAAAAAA'
  const [command, expiresAt] = [plainClaims.cmd, plainClaims.exp]
  const hook = { command, expiresAt, userId: '7', isStateBound: true as const }
  const uses = { jti: 'i', use: 2 }
  const used = { id: 'i', maxUses: 2 }
  const combined: readonly [name: string, claims: object, hook: Partial<ExpectedHook>][] = [
    ['sta with get', { sub: '7', get: 1, sta }, { ...hook, allowGet: true }],
    ['sta with use and sig', { sub: '7', ...uses, sta, sig: 1 }, { ...hook, ...used, requiresSignature: true }],
    ['sta with use and usr', { sub: '7', ...uses, sta, usr: 1 }, { ...hook, ...used, requiresUser: true }],
    ['usr and sta before everything else', { usr: 1, sta, sub: '7' }, { ...hook, requiresUser: true }],
  ]
  return [
    ...conflicts.map(([name, claims]) =>
      rejectedRow(name, signRaw({ claims: { ...plainClaims, ...claims } }), { ignore, code: 'invalid_claims' }),
    ),
    ...combined.map(([name, claims, hook]) =>
      validRow(name, signRaw({ claims: { ...claims, ...plainClaims } }), { ignore, hook }),
    ),
  ]
}

async function makeIgnoreRows(): Promise<VerifyRow[]> {
  const sta = deriveStateHash({ cmd: plainClaims.cmd, sub: '7' }, 'v1')
  const token = (claims: object): Promise<string> => sign({ claims: { ...plainClaims, sub: '7', ...claims } })
  const bound = await token({ sta })
  const signed = await token({ sig: 1 })
  const forUser = await token({ usr: 1 })
  const every = await token({ jti: 'i', use: 1, sta, usr: 1 })
  const everyHook = { userId: '7', id: 'i', maxUses: 1, isStateBound: true, requiresUser: true } as const
  return [
    rejectedRow('a state that is not compared', bound, { code: 'not_configured' }),
    validRow('a state that is ignored', bound, { ignore: ['state'], hook: { userId: '7', isStateBound: true } }),
    validRow('another state that is ignored', bound, {
      ignore: ['state'],
      state: 'v2',
      hook: { userId: '7', isStateBound: true },
    }),
    rejectedRow('a signature that is not checked', signed, { code: 'not_configured' }),
    rejectedRow('a signature that is not checked, other checks ignored', signed, {
      ignore: ['uses', 'state', 'user'],
      code: 'not_configured',
    }),
    validRow('a signature that is ignored', signed, {
      ignore: ['signature'],
      hook: { userId: '7', requiresSignature: true },
    }),
    rejectedRow('a user that is not checked', forUser, { code: 'not_configured' }),
    rejectedRow('a user that is not checked, other checks ignored', forUser, {
      ignore: ['uses', 'state', 'signature'],
      code: 'not_configured',
    }),
    validRow('a user that is ignored', forUser, { ignore: ['user'], hook: { userId: '7', requiresUser: true } }),
    validRow('every restriction ignored', every, {
      ignore: ['uses', 'state', 'user', 'signature'],
      hook: everyHook,
    }),
    ...(['uses', 'state', 'user'] as const).map((check) =>
      rejectedRow(`every restriction ignored but ${check}`, every, {
        ignore: (['uses', 'state', 'user'] as const).filter((other) => other !== check),
        code: 'not_configured',
      }),
    ),
    validRow('a state compared, the other restrictions ignored', every, {
      ignore: ['uses', 'user'],
      state: 'v1',
      hook: everyHook,
    }),
    validRow('a state where the token is not bound to one', await sign(), { state: 'v1' }),
    validRow('no state where the token is not bound to one', await sign(), { noState: true }),
  ]
}

async function makeComparisonRows(): Promise<VerifyRow[]> {
  const claims = { ...plainClaims, sub: '7', sta: deriveStateHash({ cmd: plainClaims.cmd, sub: '7' }, 'v1') }
  const hook = { userId: '7', isStateBound: true } as const
  const others: readonly (readonly [name: string, state: StateJson])[] = [
    ['another string', 'v2'],
    ['the empty string', ''],
    ['upper case', 'V1'],
    ['a space at the end', 'v1 '],
    ['an array of it', ['v1']],
    ['null', null],
    ['0', 0],
    ['false', false],
    ['an empty array', []],
  ]
  const number = { ...plainClaims, sta: deriveStateHash({ cmd: plainClaims.cmd }, 5) }
  const string = { ...plainClaims, sta: deriveStateHash({ cmd: plainClaims.cmd }, '5') }
  const bound = { isStateBound: true } as const
  return [
    validRow('its state', await sign({ claims }), { state: 'v1', hook }),
    validRow('short: its state', shorten(await sign({ claims })), { state: 'v1', hook }),
    validRow('its state, encrypted', await encrypt({ claims }), { state: 'v1', hook }),
    ...(await Promise.all(
      others.map(async ([name, state]) =>
        rejectedRow(`not its state: ${name}`, await sign({ claims }), { state, code: 'state_changed' }),
      ),
    )),
    rejectedRow('no state', await sign({ claims }), { noState: true, code: 'state_changed' }),
    validRow('a number as state', await sign({ claims: number }), { state: 5, hook: bound }),
    rejectedRow('a number is not its string', await sign({ claims: number }), { state: '5', code: 'state_changed' }),
    validRow('a bigint as a string', await sign({ claims: string }), { state: '5', hook: bound }),
    rejectedRow('a string is not its number', await sign({ claims: string }), { state: 5, code: 'state_changed' }),
    rejectedRow('the state of another command', await sign({ claims: { ...claims, cmd: '/other' } }), {
      state: 'v1',
      code: 'state_changed',
    }),
    rejectedRow('the state of another user', await sign({ claims: { ...claims, sub: '8' } }), {
      state: 'v1',
      code: 'state_changed',
    }),
    rejectedRow('the state of a user, without the user', await sign({ claims: { ...plainClaims, sta: claims.sta } }), {
      state: 'v1',
      code: 'state_changed',
    }),
    rejectedRow('the state hash of another key', await signBoundWith({ key: keyB }), {
      state: 'v1',
      code: 'state_changed',
    }),
    rejectedRow('the state hash of another purpose', await signBoundWith({ purpose: 'mail' }), {
      state: 'v1',
      code: 'state_changed',
    }),
    validRow('its state, an older key', await signBoundWith({ key: keyB }, keyB), {
      keys: `${keyA} ${keyB}`,
      state: 'v1',
      hook: { ...bound, key: { index: 1 } },
    }),
  ]
}

// Everything that the token alone decides comes before the restrictions.
async function makeOrderRows(): Promise<VerifyRow[]> {
  const claims = { ...plainClaims, sub: '7', sta: 'AAAAAAAAAAAA', usr: 1 }
  const token = await sign({ claims })
  return [
    rejectedRow('an invalid signature, and restrictions', `${token.slice(0, -2)}AA`, {
      state: 'v1',
      code: 'invalid_signature',
    }),
    rejectedRow('expired, and restrictions', token, { now: now + 3600, state: 'v1', code: 'expired' }),
    rejectedRow('another command, and restrictions', token, { command: '/x', state: 'v1', code: 'wrong_command' }),
    rejectedRow('a method that is not allowed, and restrictions', token, { method: 'GET', code: 'method_not_allowed' }),
    rejectedRow('a restriction that is not checked, and another state', token, { state: 'v1', code: 'not_configured' }),
  ]
}

/** Minting with restrictions: the exact URL, or why it is rejected. */
export async function makeMintRestrictionRows(): Promise<MintRow[]> {
  const never = { expiresIn: 'never' }
  const sta = (state: StateJson, sub?: string): string => deriveStateHash({ cmd: 'x', ...(sub && { sub }) }, state)
  const mint = { command: 'x', ...never }
  const full = { allowGet: true, state: 'v1', id: 'i', maxUses: 2, expiresAt: now + 60, userId: 42, command: 'x' }
  const accepted: readonly [name: string, mint: { [name: string]: Json }, claims: object][] = [
    ['a state', { ...mint, state: 'v1' }, { cmd: 'x', sta: sta('v1') }],
    ['a state and a user', { ...mint, userId: 42, state: 'v1' }, { cmd: 'x', sub: '42', sta: sta('v1', '42') }],
    ['null as state', { ...mint, state: null }, { cmd: 'x', sta: sta(null) }],
    [
      'a state after every other claim',
      full,
      { cmd: 'x', sub: '42', exp: now + 60, jti: 'i', use: 2, get: 1, sta: sta('v1', '42') },
    ],
    ['a signature with an id', { ...mint, id: 'i', requireSignature: true }, { cmd: 'x', jti: 'i', sig: 1 }],
    ['a user', { ...mint, userId: 42, requireUser: true }, { cmd: 'x', sub: '42', usr: 1 }],
    [
      'a state and a signature',
      { ...mint, id: 'i', requireSignature: true, state: 1 },
      { cmd: 'x', jti: 'i', sta: sta(1), sig: 1 },
    ],
    [
      'a state and a user who must be signed in',
      { ...mint, requireUser: true, state: true, userId: '42' },
      { cmd: 'x', sub: '42', sta: sta(true, '42'), usr: 1 },
    ],
    ['no restriction', { ...mint, requireSignature: false, requireUser: false }, { cmd: 'x' }],
  ]
  const rejected: readonly [name: string, mint: { [name: string]: Json }][] = [
    ['requireUser without a user', { ...mint, requireUser: true }],
    ['requireUser with allowGet', { ...mint, userId: 42, requireUser: true, allowGet: true }],
    ['requireSignature with allowGet', { ...mint, requireSignature: true, allowGet: true }],
    ['requireSignature with requireUser', { ...mint, userId: 42, requireSignature: true, requireUser: true }],
    ['requireUser that is no boolean', { ...mint, userId: 42, requireUser: 1 }],
    ['requireSignature that is no boolean', { ...mint, requireSignature: 'true' }],
    ['an object as state', { ...mint, state: {} }],
    ['a fraction as state', { ...mint, state: 1.5 }],
    ['an integer of 2^53 as state', { ...mint, state: 2 ** 53 }],
    ['a lone surrogate in the state', { ...mint, state: '\ud83d' }],
    ['an array in an array as state', { ...mint, state: [['v1']] }],
    ['an object in an array as state', { ...mint, state: [{}] }],
    ['a state of 4,097 bytes', { ...mint, state: 'x'.repeat(4095) }],
    ['a state of 4,097 bytes in UTF-8', { ...mint, state: `${'\u20ac'.repeat(1365)}` }],
  ]
  const row = { keys: keyA, baseUrl, now }
  return [
    ...(await Promise.all(
      accepted.map(async ([name, mint, claims]) => ({
        name,
        ...row,
        mint,
        url: `${baseUrl}/${await sign({ claims })}`,
      })),
    )),
    ...rejected.map(([name, mint]) => ({ name, ...row, mint, code: 'invalid_option' })),
  ]
}

/** States, the exact JSON that is hashed, and the hash. */
export async function makeStateRows(): Promise<StateRow[]> {
  const states: readonly (readonly [name: string, state: StateJson])[] = [
    ['a string', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA'],
    ['the empty string', ''],
    ['a string with escapes', '"\\/\b\f\n\r\t\u0000\u001f'],
    ['characters that JSON may contain as they are', `\u007f\u0080\u2028\u2029<>&'${emoji}\u00e9`],
    ['a decomposed character', 'e\u0301'],
    ['0', 0],
    ['a negative number', -7],
    ['the largest integer', Number.MAX_SAFE_INTEGER],
    ['the smallest integer', Number.MIN_SAFE_INTEGER],
    ['a bigint', '18446744073709551615'],
    ['true', true],
    ['false', false],
    ['null', null],
    ['an empty array', []],
    ['an array', ['v1', 7, true, null, '']],
    ['an array of one', ['v1']],
    ['4,096 bytes', 'x'.repeat(4094)],
    ['4,096 bytes in UTF-8', `${'\u20ac'.repeat(1364)}xx`],
  ]
  const context = { key: keyA, purpose: '', command: '/reset-password', userId: '42' }
  const contexts: readonly (readonly [name: string, context: Partial<typeof context> & { userId?: string }])[] = [
    ['another key', { key: keyB }],
    ['a purpose', { purpose: 'mail' }],
    ['a purpose that is not ASCII', { purpose: 'Gr\u00f6\u00dfe' }],
    ['another command', { command: '/confirm-email' }],
    ['a command with quotes', { command: `"${emoji}\\` }],
    ['another user', { userId: '43' }],
    ['a user named null', { userId: 'null' }],
  ]
  const { userId: _user, ...anonymous } = context
  return Promise.all([
    ...states.map(([name, state]) => makeStateRow(name, context, state)),
    ...contexts.map(([name, changes]) => makeStateRow(name, { ...context, ...changes }, 'v1')),
    makeStateRow('no user', anonymous, 'v1'),
  ])
}

async function makeStateRow(
  name: string,
  context: Pick<StateRow, 'key' | 'purpose' | 'command' | 'userId'>,
  state: StateJson,
): Promise<StateRow> {
  const { key, purpose, command: cmd, userId: sub } = context
  const sta = deriveStateHash({ cmd, ...(sub !== undefined && { sub }) }, state, { key, purpose })
  const claims = { cmd, ...(sub !== undefined && { sub }), sta }
  const stateKey = encode(derive(key, 'state', purpose))
  const input = stateInput(cmd, sub ?? null, state)
  return { name, ...context, state, stateKey, input, sta, token: await sign({ key, purpose, claims }) }
}

/** Tokens that require signed requests, with their signing secrets; others, which have none. */
export async function makeSigningSecretRows(): Promise<SigningSecretRow[]> {
  const claims = { ...plainClaims, jti: 'i', sig: 1 }
  const spaced = `{ "sig":1, "cmd":"${emoji}", "exp":${plainClaims.exp} }`
  const token = await sign({ claims })
  const secret = (name: string, token: string, input: TokenInput & { keys?: string } = {}): SigningSecretRow => {
    const { key = keyA, purpose, keys = key, claims: given = claims } = input
    const callerKey = derive(key, 'caller', purpose)
    const plain = hmac(callerKey, typeof given === 'string' ? given : JSON.stringify(given))
    const whsec = `whsec_${Buffer.from(plain, 'base64url').toString('base64')}`
    return { name, keys, ...(purpose !== undefined && { purpose }), token, callerKey: encode(callerKey), whsec, plain }
  }
  const none = (name: string, token: string, code: string): SigningSecretRow => ({ name, keys: keyA, token, code })
  const sta = { ...claims, sta: 'AAAAAAAAAAAA' }
  return [
    secret('a full token', token),
    secret('the same token, short', shorten(token)),
    secret('the same claims, encrypted', await encrypt({ claims })),
    secret('another id', await sign({ claims: { ...claims, jti: 'j' } }), { claims: { ...claims, jti: 'j' } }),
    secret('an older key of the keyring', await sign({ claims, key: keyB }), { key: keyB, keys: `${keyA} ${keyB}` }),
    secret('a purpose', await sign({ claims, purpose: 'mail' }), { purpose: 'mail' }),
    secret('the exact bytes of the claims', signRaw({ claims: spaced }), { claims: spaced }),
    secret('an expired token', await sign({ claims: { ...claims, exp: 1 } }), { claims: { ...claims, exp: 1 } }),
    secret('bound to a state', await sign({ claims: sta }), { claims: sta }),
    none('a token without sig', await sign(), 'invalid_option'),
    none('a token of another key', await sign({ claims, key: keyB }), 'invalid_signature'),
    none('a token for another purpose', await sign({ claims, purpose: 'mail' }), 'invalid_signature'),
    none('a token cut short', token.slice(0, -1), 'malformed_token'),
    none('sig with get', await sign({ claims: { ...claims, get: 1 } }), 'invalid_claims'),
  ]
}

function signClaim(claim: string, value: string): string {
  return signRaw({ claims: `{"cmd":"/onWebhook","sub":"7","exp":${plainClaims.exp},"${claim}":${value}}` })
}

// Signs claims that are bound to a state with the key of state hashes that is named, which may be the wrong one.
function signBoundWith(stateKey: TokenInput, key: string = keyA): Promise<string> {
  const sta = deriveStateHash({ cmd: plainClaims.cmd }, 'v1', stateKey)
  return sign({ key, claims: { ...plainClaims, sta } })
}
