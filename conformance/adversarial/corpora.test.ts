import { expect, test } from 'vitest'
import { generateCorpora } from '../generate/adversarial/files.ts'
import { corpora, readCorpus, readCorpusFile } from './read-corpus.ts'

test('the corpora match the output of the generator', async () => {
  const generated = await generateCorpora()
  expect([...generated.keys()].sort()).toEqual(corpora.map((name) => `${name}.json`).sort())
  for (const name of corpora) expect(readCorpusFile(name) === generated.get(`${name}.json`), name).toBe(true)
})

test.each([
  ['tokens', 250],
  ['redirects', 300],
  ['bodies', 300],
] as const)('the %s corpus has at least %d rows', (name, rows) => {
  expect(readCorpus(name).length).toBeGreaterThanOrEqual(rows)
})
