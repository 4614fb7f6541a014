/** Mutants that no test can notice, by file and reason. `⟨a → b⟩` is the change in its line. */
export const equivalentMutants: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'packages/core/src/url/redirect-policy.ts': {
    'Without a return the function returns undefined too.': ['} catch ⟨{… → {}⟩'],
  },
  'packages/core/src/token/keyring.ts': {
    'The string "undefined" is a valid ID. The comparison is for the types.': [
      'if (⟨id !== undefined → true⟩ && !idPattern.test(id)) {',
    ],
    'An engine returns promises for all keys or for none.': [
      'return ⟨derived.some(isPromiseLike) → derived.every(isPromiseLike)⟩ ? Promise.all(derived).then(indexKeys) : indexKeys(derived as DerivedKey[])',
    ],
    'The key was found to begin with hks_ and to have 47 characters before.': [
      'const keyPattern = ⟨/^hks_[A-Za-z0-9_-]{43}$/ → /hks_[A-Za-z0-9_-]{43}$/⟩',
      'const keyPattern = ⟨/^hks_[A-Za-z0-9_-]{43}$/ → /^hks_[A-Za-z0-9_-]{43}/⟩',
    ],
    'A missing ID is never looked up.': [
      'if (⟨id !== undefined → true⟩ && ids.has(id)) {',
      'if (⟨id !== undefined → true⟩) ids.add(id)',
    ],
    'Empty strings between separators are dropped.': [
      `return strings.flatMap((entry: string) => entry.split(⟨/[\\s,]+/ → /[\\s,]/⟩)).filter((entry) => entry !== '')`,
    ],
    'The four characters of the prefix are three entire bytes, which do not change the last bits.': [
      'return isCanonical(⟨secret.slice(KEY_PREFIX.length) → secret⟩)',
    ],
  },
  'packages/core/src/token/claims.ts': {
    'JSON.parse throws for undefined, which is caught.': ['if (⟨text === undefined → false⟩) return undefined'],
    'Without a return the function returns undefined too.': ['} catch ⟨{… → {}⟩'],
    'A comparison with undefined is false. undefined is excluded for the types.': [
      'if (⟨claims.nbf !== undefined && claims.exp !== undefined → true⟩ && claims.nbf >= claims.exp) {',
      'if (⟨claims.nbf !== undefined && claims.exp !== undefined → claims.nbf !== undefined || claims.exp !== undefined⟩ && claims.nbf >= claims.exp) {',
      'if (⟨claims.nbf !== undefined → true⟩ && claims.exp !== undefined && claims.nbf >= claims.exp) {',
      'if (claims.nbf !== undefined && ⟨claims.exp !== undefined → true⟩ && claims.nbf >= claims.exp) {',
    ],
    'JSON.stringify writes such a string the same. The pattern saves the call.': [
      `if (⟨typeof value === 'string' && plainJson.test(value) → false⟩) return \`"\${value}"\``,
      `if (typeof value === ⟨'string' → ""⟩ && plainJson.test(value)) return \`"\${value}"\``,
      'const plainJson = ⟨/^[ !#-[\\]-~]*$/ → /^[ !#-[\\]-~]$/⟩',
    ],
    'What JSON loses is null or {} in the output. Where neither is, the second pass finds nothing.': [
      'if (⟨json !== undefined && /null|\\{\\}/.test(json) → true⟩) JSON.stringify(value, rejectLossyValue)',
      'if (⟨json !== undefined && /null|\\{\\}/.test(json) → json !== undefined || /null|\\{\\}/.test(json)⟩) JSON.stringify(value, rejectLossyValue)',
      'if (⟨json !== undefined → true⟩ && /null|\\{\\}/.test(json)) JSON.stringify(value, rejectLossyValue)',
    ],
    'An exception is caught and undefined returned, as for undefined. Without an escaped surrogate there is none to find.':
      [
        `return ⟨json?.includes → json.includes⟩('\\\\ud') && hasLoneSurrogate(JSON.parse(json)) ? undefined : json`,
        `return json?.includes(⟨'\\\\ud' → ""⟩) && hasLoneSurrogate(JSON.parse(json)) ? undefined : json`,
      ],
  },
  'packages/core/src/token/token.ts': {
    'The first item of a match is not used.': [
      'const [, header, iv, ciphertext, tag] = encryptedPattern.exec(token) ?? ⟨[] → ["Stryker was here"]⟩',
    ],
    'The pattern matches all of its groups or none. Each is compared for the types.': [
      'if (⟨header === undefined || iv === undefined || ciphertext === undefined || tag === undefined → (header === undefined || iv === undefined || ciphertext === undefined) && tag === undefined⟩) return undefined',
      'if (⟨header === undefined || iv === undefined || ciphertext === undefined → false⟩ || tag === undefined) return undefined',
      'if (⟨header === undefined || iv === undefined || ciphertext === undefined → (header === undefined || iv === undefined) && ciphertext === undefined⟩ || tag === undefined) return undefined',
      'if (⟨header === undefined || iv === undefined → false⟩ || ciphertext === undefined || tag === undefined) return undefined',
      'if (⟨header === undefined || iv === undefined → header === undefined && iv === undefined⟩ || ciphertext === undefined || tag === undefined) return undefined',
      'if (header === undefined || ⟨iv === undefined → false⟩ || ciphertext === undefined || tag === undefined) return undefined',
      'if (⟨header === undefined → false⟩ || iv === undefined || ciphertext === undefined || tag === undefined) return undefined',
      'if (header === undefined || iv === undefined || ciphertext === undefined || ⟨tag === undefined → false⟩) return undefined',
      'if (header === undefined || iv === undefined || ⟨ciphertext === undefined → false⟩ || tag === undefined) return undefined',
    ],
    'The header of a short token is in every keyring, with all keys. The comparison saves the lookup.': [
      `const candidates = ⟨segments.tokenFormat === 'short' → false⟩ ? keyring.all : keyring.byJwsHeader.get(segments.header)`,
      `const candidates = segments.tokenFormat === ⟨'short' → ""⟩ ? keyring.all : keyring.byJwsHeader.get(segments.header)`,
    ],
    'Every format but jwe is jws.': [
      `return candidates === undefined ? rejectHeader(segments.header, ⟨'jws' → ""⟩) : openSigned(candidates, segments, 0)`,
    ],
  },
  'packages/core/src/token/header.ts': {
    'No accepted header has more than 72 characters. The limit saves decoding longer ones.': [
      'if (⟨header.length > MAX_HEADER_LENGTH → header.length >= MAX_HEADER_LENGTH⟩) return false',
      'if (⟨header.length > MAX_HEADER_LENGTH → false⟩) return false',
    ],
    'The string for a header that cannot be decoded has no key ID either way.': [
      `const id = keyIdPattern.exec(decodeText(header) ?? ⟨'' → "Stryker was here!"⟩)?.[1]`,
    ],
    'A header without a key ID is in every keyring, so it is not looked up here.': [
      'if (⟨id === undefined → false⟩) return false',
    ],
  },
}
