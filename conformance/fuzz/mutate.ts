import fc from 'fast-check'
import { changeSpareBits, encode, keyA, keyB, keyC } from '../generate/craft.ts'
import { allHeaders, resign, token } from './tokens.ts'

/** A change of a token. */
type Mutation = (token: string) => string

// Without `/` and `?`, with which the string would be a URL instead of a bare token.
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const character = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...letters) },
  { weight: 1, arbitrary: fc.constantFrom(...'.=+%~& \n\t\0"\'', '\u00e9', '\u0430', '\ufeff', '\u{1f600}', '\ud800') },
)
const position = fc.nat(1_000_000)
const wrap = (at: number, text: string): number => (text.length === 0 ? 0 : at % text.length)

const edits: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(position, character).map(([at, letter]) => (text: string) => {
    const index = wrap(at, text)
    return text.slice(0, index) + letter + text.slice(index + 1)
  }),
  fc.tuple(position, character).map(([at, letter]) => (text: string) => {
    const index = wrap(at, `${text} `)
    return text.slice(0, index) + letter + text.slice(index)
  }),
  position.map((at) => (text: string) => text.slice(0, wrap(at, text)) + text.slice(wrap(at, text) + 1)),
  position.map((at) => (text: string) => {
    const index = wrap(at, text)
    return (
      text.slice(0, index) + text.slice(index + 1, index + 2) + text.slice(index, index + 1) + text.slice(index + 2)
    )
  }),
  position.map((at) => (text: string) => text.slice(0, wrap(at, text))),
)

const splices: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(token, fc.nat(4)).map(([other, at]) => (text: string) => {
    const [segments, others] = [text.split('.'), other.split('.')]
    const index = at % segments.length
    return segments.with(index, others[index] ?? '').join('.')
  }),
  fc.tuple(token, position).map(([other, at]) => (text: string) => {
    const index = wrap(at, text)
    return text.slice(0, index) + other.slice(index)
  }),
  fc.tuple(token, fc.nat(5)).map(([other, at]) => (text: string) => {
    return [...text.split('.').slice(0, at), ...other.split('.').slice(at)].join('.')
  }),
)

const segments: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constantFrom(...allHeaders).map((header) => (text: string) => text.split('.').with(0, encode(header)).join('.')),
  fc.constantFrom<Mutation>(
    (text) => text.slice(text.indexOf('.') + 1),
    (text) => `eyJhbGciOiJIUzI1NiJ9.${text}`,
    (text) => text.replace('.', '..'),
    (text) => text.replace('..', '.'),
    (text) => `${text}.`,
    (text) => text.split('.').reverse().join('.'),
  ),
  fc.nat(4).map((at) => (text: string) => {
    const all = text.split('.')
    return all.filter((_, index) => index !== at % all.length).join('.')
  }),
)

// Other encodings of the same bytes.
const encodings: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 15 })).map(([at, step]) => (text: string) => {
    const all = text.split('.')
    const index = at % all.length
    const segment = all[index] ?? ''
    return segment === '' ? text : all.with(index, changeSpareBits(segment, step)).join('.')
  }),
  fc.tuple(fc.nat(4), fc.constantFrom('=', '==')).map(([at, padding]) => (text: string) => {
    const all = text.split('.')
    const index = at % all.length
    return all.with(index, `${all[index]}${padding}`).join('.')
  }),
  fc.constantFrom<Mutation>(
    (text) => text.replaceAll('-', '+'),
    (text) => text.toLowerCase(),
    (text) => ` ${text}\r\n`,
    (text) => `${text}=`,
    (text) => text.replaceAll('.', '%2E'),
  ),
)

// Signatures with a key of the keyring, or with another key.
const signatures: fc.Arbitrary<Mutation> = fc.constantFrom(keyA, keyB, keyC).map((key) => (text) => resign(text, key))

const mutation = fc.oneof(edits, splices, segments, encodings, signatures)

/** Tokens, some unchanged, most mutated up to three times. */
export const mutatedTokens: fc.Arbitrary<string> = fc
  .tuple(token, fc.oneof(fc.constant([]), fc.tuple(mutation), fc.array(mutation, { maxLength: 3 })))
  .map(([text, mutations]) => mutations.reduce((mutated, mutate) => mutate(mutated), text))
  .filter((text) => !/[/?]/.test(text))
