import { stringifyRows } from '../stringify-rows.ts'
import { makeClaimRows } from './claims.ts'
import { makeEncryptedRows } from './encrypted.ts'
import { makeDerivedKeyRows, makeMintRows } from './mint.ts'
import { makePolicyRows } from './policy.ts'
import { makeRedirectRows } from './redirects.ts'
import { makeMintRestrictionRows, makeRestrictionRows, makeSigningSecretRows, makeStateRows } from './restrictions.ts'
import { makeShapeRows } from './shape.ts'
import { makeShortRows } from './short.ts'
import { makeRejectedHeaderRows, makeSignedRows, makeSigningKeyRows } from './signed.ts'
import { makeTimeRows } from './time.ts'
import { makeUrlRows } from './urls.ts'

/** Generates the contents of every file in `vectors/`, by name. */
export async function generateVectorFiles(): Promise<Map<string, string>> {
  const signed = [...(await makeSignedRows()), ...makeRejectedHeaderRows(), ...(await makeSigningKeyRows())]
  return new Map([
    ['signed.json', stringifyRows('Signed tokens in full: keys, headers, purposes', signed)],
    ['shape.json', stringifyRows('Shape, spelling and alteration of signed tokens', await makeShapeRows())],
    ['short.json', stringifyRows('The short form', await makeShortRows())],
    ['sealed.json', stringifyRows('Sealed tokens', await makeEncryptedRows())],
    ['claims.json', stringifyRows('Claims: limits, types, texts', makeClaimRows())],
    ['time.json', stringifyRows('Time, and what is judged first', await makeTimeRows())],
    ['policy.json', stringifyRows('Commands, methods, uses', await makePolicyRows())],
    ['redirects.json', stringifyRows('Redirects', makeRedirectRows())],
    ['urls.json', stringifyRows('Finding the token in a URL again', await makeUrlRows())],
    ['mint.json', stringifyRows('Minting: options and the exact URL', await makeMintRows())],
    ['restrictions.json', stringifyRows('States, signed requests, users', await makeRestrictionRows())],
    [
      'mint-restrictions.json',
      stringifyRows('Minting: states, signed requests, users', await makeMintRestrictionRows()),
    ],
    ['states.json', stringifyRows('State hashes', await makeStateRows())],
    ['signing-secrets.json', stringifyRows('Signing secrets', await makeSigningSecretRows())],
    ['keys.json', stringifyRows('HKDF-SHA-256 of keys for purposes', makeDerivedKeyRows())],
  ])
}
