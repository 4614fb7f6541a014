import { expect, test } from 'vitest'
import { makeCorpora } from './make/files.ts'
import { corpora, readCorpusText } from './read.ts'

test('the corpora are what their generator writes', async () => {
  const made = await makeCorpora()
  expect([...made.keys()].sort()).toEqual(corpora.map((name) => `${name}.json`).sort())
  for (const name of corpora) expect(readCorpusText(name) === made.get(`${name}.json`), name).toBe(true)
})
