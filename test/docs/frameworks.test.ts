import { expect, test } from 'vitest'
import { readFences } from '../../tools/docs/markdown.ts'
import { frameworks } from '../frameworks/frameworks.ts'

const page = 'docs/frameworks.md'

test('every snippet for a scaffold is used by a framework of `npm run test:frameworks`', () => {
  const marked = readFences(page).flatMap(({ marker }) => (marker?.kind === 'scaffold' ? [marker.text] : []))
  const used = frameworks.flatMap(({ files, filesForForms }) => Object.values({ ...files, ...filesForForms }))
  expect(new Set(marked)).toEqual(new Set(used))
})
