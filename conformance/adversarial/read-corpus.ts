import { readFileSync } from 'node:fs'
import type { BodyRow, Corpus, RedirectRow, TokenRow } from './format.ts'

interface Corpora {
  tokens: TokenRow
  redirects: RedirectRow
  bodies: BodyRow
}

/** The names of the corpora. */
export const corpora: readonly (keyof Corpora)[] = ['tokens', 'redirects', 'bodies']

/** Reads the file of a corpus. */
export function readCorpusFile(name: keyof Corpora): string {
  return readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8')
}

/** Reads the rows of a corpus. */
export function readCorpus<Name extends keyof Corpora>(name: Name): Corpora[Name][] {
  return (JSON.parse(readCorpusFile(name)) as Corpus<Corpora[Name]>).rows
}
