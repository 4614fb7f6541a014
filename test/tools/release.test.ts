import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dateChangelog } from '../../tools/release/changelog.ts'
import { root } from '../../tools/setup/io.js'

const release = { version: '0.2.0', date: '2026-01-31' }

test('unreleased entries move under the version, and an empty section is added', () => {
  const text = '# Changelog\n\nWords.\n\n## Unreleased\n\n- new\n\n## 0.1.0 – 2026-01-01\n\n- old\n'
  expect(dateChangelog(text, release)).toBe(
    '# Changelog\n\nWords.\n\n## Unreleased\n\n## 0.2.0 – 2026-01-31\n\n- new\n\n## 0.1.0 – 2026-01-01\n\n- old\n',
  )
})

test.each([
  ['without the section "Unreleased"', '# Changelog\n\n## 0.1.0 – 2026-01-01\n', 'no section "Unreleased"'],
  [
    'without unreleased entries',
    '# Changelog\n\n## Unreleased\n\n## 0.1.0 – 2026-01-01\n\n- old\n',
    'no unreleased entries',
  ],
  [
    'that has the version already',
    '# Changelog\n\n## Unreleased\n\n- new\n\n## 0.2.0 – 2026-01-02\n',
    'already has 0.2.0',
  ],
])('a changelog %s is rejected', (_, text, problem) => {
  expect(() => dateChangelog(text, release)).toThrow(problem)
})

test('the changelog can be released', () => {
  const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
  expect(dateChangelog(text.replace('\n## Unreleased\n', '\n## Unreleased\n\n- x\n'), release)).toContain('0.2.0 –')
})
