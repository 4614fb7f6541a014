import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dateChangelog } from './release/changelog.ts'
import { root } from './setup/io.js'

const release = { version: '0.2.0', date: '2026-01-31' }

test('what was unreleased comes under the version, and a new section is open', () => {
  const text = '# Changelog\n\nWords.\n\n## Unreleased\n\n- new\n\n## 0.1.0 – 2026-01-01\n\n- old\n'
  expect(dateChangelog(text, release)).toBe(
    '# Changelog\n\nWords.\n\n## Unreleased\n\n## 0.2.0 – 2026-01-31\n\n- new\n\n## 0.1.0 – 2026-01-01\n\n- old\n',
  )
})

test.each([
  ['without a section for it', '# Changelog\n\n## 0.1.0 – 2026-01-01\n', 'no section "Unreleased"'],
  ['with nothing in it', '# Changelog\n\n## Unreleased\n\n## 0.1.0 – 2026-01-01\n\n- old\n', 'nothing is unreleased'],
  ['of a version that is out', '# Changelog\n\n## Unreleased\n\n- new\n\n## 0.2.0 – 2026-01-02\n', 'has 0.2.0 already'],
])('refuses a changelog %s', (_, text, problem) => {
  expect(() => dateChangelog(text, release)).toThrow(problem)
})

test('the changelog can be released', () => {
  const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  expect(dateChangelog(text.replace('\n## Unreleased\n', '\n## Unreleased\n\n- x\n'), release)).toContain('0.2.0 –')
})
