import { createMinter } from '@hookurl/core'
import { expect, test, vi } from 'vitest'
import { readFences } from '../../tools/docs/markdown.ts'
import { listPages, listReadmes } from '../../tools/docs/pages.ts'
import {
  compileSnippets,
  readExpectedOutput,
  readSnippets,
  runInShell,
  runSnippets,
  type Snippet,
  testKey,
  withServer,
} from '../../tools/snippets.ts'

const skill = 'skills/hookurl/SKILL.md'
const pages = [...listPages(), ...listReadmes('packages'), skill, 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']
const snippets = pages.flatMap(readSnippets)
const exiting = snippets.filter(({ kind }) => kind === 'run')
const programs = exiting.filter(({ language }) => ['ts', 'js', 'cjs'].includes(language))

// The compiler and many programs take long on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

// The listening snippets of these pages have other tests.
const pagesWithOtherTests: ReadonlySet<string> = new Set([
  'README.md',
  'docs/adapters.md',
  'docs/handshakes.md',
  'docs/receiver.md',
  'docs/security.md',
  'docs/stores.md',
  'docs/waiting.md',
  skill,
])

/** The hook that each listening snippet gets, and the body of its response. */
const calls: Readonly<Record<string, { readonly command: string; readonly content?: unknown; readonly body: string }>> =
  {
    'verify-first': { command: '/onWebhook', body: '{"ok":true}' },
    'start-receive': { command: '/onWebhook', body: '{"ok":true}' },
    'start-guard': { command: '/approve', body: 'approved for 42' },
    'migrate-guard': { command: '/unsubscribe', body: 'user 42 is unsubscribed' },
    'migrate-table': { command: '/onTranscript', content: { episode: 7 }, body: '{"ok":true}' },
  }

for (const page of pages) {
  test(`every code block of ${page} is run or has a reason for not being run`, () => {
    const unmarked = readFences(page).filter(({ marker, isGenerated, language }) => {
      if (isGenerated || language === '' || language === 'text') return false
      return marker === undefined || !(marker.kind === 'shown' ? /\w{3}/ : /^[\w-]+$/).test(marker.text)
    })
    expect(unmarked.map(({ language, code }) => `${language}: ${code.slice(0, 60)}`)).toEqual([])
  })
}

test('every snippet has a unique name', () => {
  const names = snippets.map(({ name }) => name)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

test('every snippet has a kind that its language supports', () => {
  const unsupported = snippets.filter(
    ({ kind, language }) => !(kind === 'run' ? ['ts', 'js', 'cjs', 'sh'] : ['ts', 'js']).includes(language),
  )
  expect(unsupported).toEqual([])
})

test('the TypeScript of every page compiles strictly against the built packages', () => {
  expect(compileSnippets(snippets)).toBe('')
})

test('every program of the pages exits without errors and prints the documented output', async () => {
  expect(programs.length).toBeGreaterThan(10)
  const results = await runSnippets(programs)
  for (const [at, snippet] of programs.entries()) {
    expect(results[at], snippet.name).toMatchObject({ status: 0, stderr: '' })
    expectDocumentedOutput(snippet, results[at]?.stdout ?? '')
  }
})

test('a documented line that is not printed, or not in order, is found', () => {
  const code = ['console.log(one) // 1.5', "console.log('b', two) // b … c"].join('\n')
  const expected = readExpectedOutput({ name: 'x', kind: 'run', language: 'ts', code })
  expect(expected).toEqual(['1.5', 'b … c'])
  expect(findMissingLine(expected, 'first\n1.5\nb and c\n')).toBeUndefined()
  expect(findMissingLine(expected, '1x5\nb and c')).toBe('1.5')
  expect(findMissingLine(expected, 'b and c\n1.5')).toBe('b … c')
  expect(readExpectedOutput({ name: 'x', kind: 'run', language: 'sh', code: 'ls # → a\n# no → b' })).toEqual(['a'])
})

test('the JSON of every page is valid', () => {
  for (const { language, code } of pages.flatMap(readFences)) {
    if (language === 'json') expect(() => JSON.parse(code), code.slice(0, 60)).not.toThrow()
  }
})

for (const snippet of exiting.filter(({ language }) => language === 'sh')) {
  test(`the shell commands of "${snippet.name}" work and print the documented output`, async () => {
    const { status, stdout, stderr } = await runInShell(snippet)
    expect(status, stderr).toBe(0)
    expectDocumentedOutput(snippet, stdout)
  })
}

const listening = pages.filter((page) => !pagesWithOtherTests.has(page)).flatMap(readSnippets)
for (const snippet of listening.filter(({ kind }) => kind !== 'run')) {
  test(`the snippet "${snippet.name}" handles a valid URL, and rejects a truncated one`, async () => {
    const call = calls[snippet.name]
    if (call === undefined || snippet.kind !== 'serve') throw new Error('add it to `calls`')
    const { command, content, body } = call
    const minter = createMinter({
      keys: testKey,
      baseUrl: `https://bot.example.com${getMountPath(snippet)}`,
      expiresIn: '1h',
    })
    const { pathname } = new URL(minter.mintSync({ command, content, userId: 42 }))
    await withServer(snippet, async (origin) => {
      const response = await fetch(origin + pathname, { method: 'POST' })
      expect(response.status).toBe(200)
      expect(await response.text()).toBe(body)
      expect((await fetch(origin + pathname.slice(0, -1), { method: 'POST' })).status).toBe(400)
    })
  })
}

function getMountPath({ code }: Snippet): string {
  return /app\.use\('([^']+)'/.exec(code)?.[1] ?? '/hooks'
}

function expectDocumentedOutput(snippet: Snippet, printed: string): void {
  expect(findMissingLine(readExpectedOutput(snippet), printed), `${snippet.name} printed\n${printed}`).toBeUndefined()
}

// Returns the first expected line that is not printed after the previous one; `…` matches anything.
function findMissingLine(expected: readonly string[], printed: string): string | undefined {
  const lines = printed.split('\n').map((line) => line.trim())
  return expected.find((expectedLine) => {
    const pattern = new RegExp(`^${expectedLine.split('…').map(escapePattern).join('.*')}$`)
    const at = lines.findIndex((line) => pattern.test(line))
    lines.splice(0, at + 1)
    return at < 0
  })
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
