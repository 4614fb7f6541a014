/** Mutants of one line that no test can notice, and why. */
export interface Explanation {
  readonly file: string
  /** The line as it is. */
  readonly code: string
  /** The line as each mutant has it. */
  readonly becomes: readonly string[]
  readonly reason: string
}

const unloaded = 'a file of tests does not load with it, which fails; Stryker counts only tests that failed'
const undefinedAnyway = 'without a return the function returns undefined all the same'

export const explanations: readonly Explanation[] = [
  {
    file: 'packages/core/src/url/redirect-policy.ts',
    code: '} catch {',
    becomes: ['} catch {}'],
    reason: undefinedAnyway,
  },
  {
    file: 'packages/core/src/url/redirect-policy.ts',
    code: 'if (hosts === undefined) return () => true',
    becomes: ['if (false) return () => true', 'if (hosts !== undefined) return () => true'],
    reason: unloaded,
  },
  {
    file: 'packages/core/src/token/claims.ts',
    code: 'const rowOf: ReadonlyMap<string, Row> = new Map(rows.map((row) => [row.claim, row]))',
    becomes: ['const rowOf: ReadonlyMap<string, Row> = new Map(rows.map(() => undefined))'],
    reason: unloaded,
  },
  {
    file: 'packages/core/src/token/header.ts',
    code: 'if (header.length > 80) return false',
    becomes: ['if (false) return false', 'if (header.length >= 80) return false'],
    reason: 'no accepted header is longer than 72 characters: the limit only spares decoding what cannot be one',
  },
  {
    file: 'packages/core/src/token/header.ts',
    code: "const id = idPattern.exec(decodeText(header) ?? '')?.[1]",
    becomes: ['const id = idPattern.exec(decodeText(header) ?? "Stryker was here!")?.[1]'],
    reason: 'the text that stands for an undecodable header matches the pattern neither way',
  },
  {
    file: 'packages/core/src/token/token.ts',
    code: 'const [, header, , claims, signature] = sealedShape.exec(token) ?? []',
    becomes: ['const [, header, , claims, signature] = sealedShape.exec(token) ?? ["Stryker was here"]'],
    reason: 'the first item is not looked at',
  },
  {
    file: 'packages/core/src/token/token.ts',
    code: 'if (header === undefined || claims === undefined || signature === undefined) return undefined',
    becomes: [
      'if ((header === undefined || claims === undefined) && signature === undefined) return undefined',
      'if (false || signature === undefined) return undefined',
      'if (header === undefined && claims === undefined || signature === undefined) return undefined',
      'if (false || claims === undefined || signature === undefined) return undefined',
      'if (header === undefined || false || signature === undefined) return undefined',
      'if (header === undefined || claims === undefined || false) return undefined',
    ],
    reason: 'the pattern gives all of its groups or none; each is asked for to satisfy the types',
  },
  {
    file: 'packages/core/src/token/token.ts',
    code: "const candidates = parts.form === 'short' ? ring.all : headers.get(parts.header)",
    becomes: [
      'const candidates = false ? ring.all : headers.get(parts.header)',
      'const candidates = parts.form === "" ? ring.all : headers.get(parts.header)',
    ],
    reason: 'the header of the short form is in every keyring, with all keys: asking for the form spares the look-up',
  },
  {
    file: 'packages/core/src/token/token.ts',
    code: "return hasStrangeId(parts.header, parts.form === 'encrypted' ? 'encrypted' : 'signed') ? unknownKey : malformed",
    becomes: [
      `return hasStrangeId(parts.header, parts.form === 'encrypted' ? 'encrypted' : "") ? unknownKey : malformed`,
    ],
    reason: 'what is not sealed is taken for signed, whatever it is called',
  },
  {
    file: 'packages/core/src/token/token.ts',
    code: '} catch {',
    becomes: ['} catch {}'],
    reason: undefinedAnyway,
  },
  {
    file: 'packages/core/src/token/claims.ts',
    code: '} catch {',
    becomes: ['} catch {}'],
    reason: undefinedAnyway,
  },
  {
    file: 'packages/core/src/token/claims.ts',
    code: 'if (text === undefined) return undefined',
    becomes: ['if (false) return undefined'],
    reason: 'JSON.parse throws for undefined, and that is caught',
  },
  {
    file: 'packages/core/src/token/claims.ts',
    code: 'if (claims.nbf !== undefined && claims.exp !== undefined && claims.nbf >= claims.exp) {',
    becomes: [
      'if (claims.nbf !== undefined && true && claims.nbf >= claims.exp) {',
      'if (claims.nbf !== undefined || claims.exp !== undefined && claims.nbf >= claims.exp) {',
      'if (true && claims.nbf >= claims.exp) {',
      'if (true && claims.exp !== undefined && claims.nbf >= claims.exp) {',
    ],
    reason: 'nothing is greater than undefined; it is asked for to satisfy the types',
  },
  {
    file: 'packages/core/src/token/claims.ts',
    code: 'const plainJson = /^[ !#-[\\]-~]*$/',
    becomes: ['const plainJson = /^[ !#-[\\]-~]$/'],
    reason: 'JSON.stringify writes such a text the same: the pattern spares calling it',
  },
  {
    file: 'packages/core/src/token/claims.ts',
    code: "if (typeof value === 'string' && plainJson.test(value)) return `\"$" + '{value}"`',
    becomes: [
      'if (false) return `"$' + '{value}"`',
      'if (typeof value === "" && plainJson.test(value)) return `"$' + '{value}"`',
    ],
    reason: 'JSON.stringify writes such a text the same: the pattern spares calling it',
  },
  {
    file: 'packages/core/src/token/claims.ts',
    code: 'if (json !== undefined && /null|\\{\\}/.test(json)) JSON.stringify(value, refuseLoss)',
    becomes: [
      'if (true) JSON.stringify(value, refuseLoss)',
      'if (json !== undefined || /null|\\{\\}/.test(json)) JSON.stringify(value, refuseLoss)',
      'if (true && /null|\\{\\}/.test(json)) JSON.stringify(value, refuseLoss)',
    ],
    reason: 'what JSON loses shows as null or {}: where neither stands, looking again costs time and finds nothing',
  },
  {
    file: 'packages/core/src/token/claims.ts',
    code: "return json?.includes('\\\\ud') && hasLoneSurrogate(JSON.parse(json)) ? undefined : json",
    becomes: [
      "return json.includes('\\\\ud') && hasLoneSurrogate(JSON.parse(json)) ? undefined : json",
      'return json?.includes("") && hasLoneSurrogate(JSON.parse(json)) ? undefined : json',
    ],
    reason: 'what throws for undefined is caught, as undefined; a look where no surrogate is escaped finds none',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: 'if (ring instanceof Promise) {',
    becomes: ['if (ring instanceof Promise) {}', 'if (false) {'],
    reason: 'with node:crypto, where this is judged, a ring is no promise; a promise that is kept gives the same ring',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: '(value) => (ring = value),',
    becomes: ['() => undefined,'],
    reason: 'with node:crypto, where this is judged, a ring is no promise; a promise that is kept gives the same ring',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: '() => (ring = undefined),',
    becomes: ['() => undefined,'],
    reason: 'with node:crypto, where this is judged, a ring is no promise that could fail',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: 'return derived.some((key) => key instanceof Promise)',
    becomes: ['return derived.every(key => key instanceof Promise)', 'return derived.some(() => undefined)'],
    reason: 'an engine gives promises for all keys or for none; node:crypto, where this is judged, for none',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: 'if (id !== undefined && !idShape.test(id)) {',
    becomes: ['if (true && !idShape.test(id)) {'],
    reason: 'the word "undefined" has the shape of an id; it is asked for to satisfy the types',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: "if (id !== undefined && !idShape.test(id)) return 'has an id that is not 1 to 16 characters of A–Z, a–z, 0–9, _ and -'",
    becomes: [
      "if (true && !idShape.test(id)) return 'has an id that is not 1 to 16 characters of A–Z, a–z, 0–9, _ and -'",
    ],
    reason: 'the word "undefined" has the shape of an id; it is asked for to satisfy the types',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: 'const keyShape = /^hks_[A-Za-z0-9_-]{43}$/',
    becomes: ['const keyShape = /hks_[A-Za-z0-9_-]{43}$/', 'const keyShape = /^hks_[A-Za-z0-9_-]{43}/'],
    reason: 'the text was found to begin with hks_ and to have 47 characters before',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code:
      'if (id !== undefined && ids.has(id)) throw keyInvalid(`$' +
      "{where} has the id of another key`, 'Give it its own id.')",
    becomes: [
      'if (true && ids.has(id)) throw keyInvalid(`$' + "{where} has the id of another key`, 'Give it its own id.')",
    ],
    reason: 'an absent id is never noted',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: 'if (id !== undefined) ids.add(id)',
    becomes: ['if (true) ids.add(id)'],
    reason: 'nothing asks whether an absent id was noted',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: "return texts.flatMap((text: string) => text.split(/[\\s,]+/)).filter((text) => text !== '')",
    becomes: ["return texts.flatMap((text: string) => text.split(/[\\s,]/)).filter((text) => text !== '')"],
    reason: 'empty texts between separators are dropped',
  },
  {
    file: 'packages/core/src/token/keyring.ts',
    code: "return isCanonical(secret.slice(4)) ? undefined : 'does not end as 32 bytes do: a character of it was altered'",
    becomes: ["return isCanonical(secret) ? undefined : 'does not end as 32 bytes do: a character of it was altered'"],
    reason: 'four characters more, those of the prefix, are whole bytes: what follows is judged the same',
  },
]
