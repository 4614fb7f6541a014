import { expect, test } from 'vitest'
import { readFences } from '../../tools/docs/markdown.ts'
import { pages } from '../frameworks/check-framework.ts'
import { frameworks } from '../frameworks/frameworks.ts'

test('every snippet for a scaffold is used by a framework of `npm run test:frameworks`', () => {
  const fences = pages.flatMap((page) => readFences(page))
  const marked = fences.flatMap(({ marker }) => (marker?.kind === 'scaffold' ? [marker.text] : []))
  const used = frameworks.flatMap(({ files, filesForForms }) => Object.values({ ...files, ...filesForForms }))
  expect(new Set(marked)).toEqual(new Set(used))
})
