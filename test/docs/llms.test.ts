import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateLlms } from '../../tools/docs/llms.ts'
import { listPages } from '../../tools/docs/pages.ts'
import { root } from '../../tools/setup/io.js'

const text = readFileSync(join(root, 'llms.txt'), 'utf8')
const source = 'https://raw.githubusercontent.com/hookurl/hookurl/main/'
const entry = /^- \[([^\]]+)\]\((\S+)\): (.+)$/

test('llms.txt is in sync with docs/README.md', () => {
  expect(text).toBe(generateLlms())
})

// https://llmstxt.org: a title, a summary, text without headings, then sections of links.
test('llms.txt has the format of llmstxt.org', () => {
  const [title = '', ...sections] = text.split(/^(?=## )/m)
  expect(title).toMatch(/^# hookurl\n\n> \S.*\n\n[^#]+$/)
  expect(sections.map((section) => section.split('\n')[0])).toEqual([
    '## Start',
    '## Guides',
    '## Reference',
    '## Optional',
  ])
  for (const section of sections) {
    const [, ...lines] = section.trimEnd().split('\n')
    expect(lines.filter((line) => line !== '' && !entry.test(line))).toEqual([])
  }
})

test('llms.txt lists every page of docs once, and every link is a file of the repository', () => {
  const targets = [...text.matchAll(new RegExp(entry, 'gm'))].map(([, , href = '']) => href)
  const paths = targets.map((href) => (href.startsWith(source) ? href.slice(source.length) : `not ours: ${href}`))
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  expect(new Set(paths).size).toBe(paths.length)
  const pages = listPages().filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
  expect(pages.filter((page) => !paths.includes(page))).toEqual([])
})
