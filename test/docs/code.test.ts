import { createMinter } from '@hookurl/core'
import { expect, test, vi } from 'vitest'
import { readFences } from '../../tools/docs/markdown.ts'
import { listPages, listReadmes } from '../../tools/docs/pages.ts'
import {
  compileSnippets,
  readPromises,
  readSnippets,
  runAtShell,
  runSnippets,
  type Snippet,
  testKey,
  withServer,
} from '../../tools/snippets.ts'

const pages = [...listPages(), ...listReadmes('packages'), 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']
const snippets = pages.flatMap(readSnippets)
const running = snippets.filter(({ kind }) => kind === 'run')
const programs = running.filter(({ language }) => language === 'ts' || language === 'js')

// Compilers and many programs, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

// Pages whose snippets that listen, or are called by a host, have tests of their own.
const pagesWithOwnTests: ReadonlySet<string> = new Set([
  'README.md',
  'docs/adapters.md',
  'docs/handshakes.md',
  'docs/receiver.md',
  'docs/single-use.md',
])

/** The hook with which a snippet that listens is called, and what it must answer. */
const calls: Readonly<
  Record<string, { readonly command: string; readonly content?: unknown; readonly answer: string }>
> = {
  'verify-first': { command: '/onWebhook', answer: '{"ok":true}' },
  'start-receive': { command: '/onWebhook', answer: '{"ok":true}' },
  'start-guard': { command: '/approve', answer: 'approved for 42' },
  'migrate-guard': { command: '/unsubscribe', answer: 'user 42 is unsubscribed' },
  'migrate-table': { command: '/onTranscript', content: { episode: 7 }, answer: '{"ok":true}' },
}

for (const page of pages) {
  test(`every block of code of ${page} is run, or says why it is only shown`, () => {
    const silent = readFences(page).filter(({ marker, isGenerated, language }) => {
      if (isGenerated || language === '' || language === 'text') return false
      return marker === undefined || !(marker.kind === 'shown' ? /\w{3}/ : /^[\w-]+$/).test(marker.text)
    })
    expect(silent.map(({ language, code }) => `${language}: ${code.slice(0, 60)}`)).toEqual([])
  })
}

test('every snippet has a name of its own, and a kind that its language can have', () => {
  const names = snippets.map(({ name }) => name)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  const strange = snippets.filter(
    ({ kind, language }) => !(kind === 'run' ? ['ts', 'js', 'sh'] : ['ts', 'js']).includes(language),
  )
  expect(strange).toEqual([])
})

test('the TypeScript of every page compiles, strictly, against what is built', () => {
  expect(compileSnippets(snippets)).toBe('')
})

test('every program of the pages runs to its end without a complaint, and prints what it says', async () => {
  expect(programs.length).toBeGreaterThan(10)
  const results = await runSnippets(programs)
  for (const [at, snippet] of programs.entries()) {
    expect(results[at], snippet.name).toMatchObject({ status: 0, stderr: '' })
    expectPromises(snippet, results[at]?.stdout ?? '')
  }
})

test('tells what a snippet promises and does not print', () => {
  const code = ['console.log(one) // 1.5', "console.log('b', two) // b … c"].join('\n')
  const promises = readPromises({ name: 'x', kind: 'run', language: 'ts', code })
  expect(promises).toEqual(['1.5', 'b … c'])
  expect(findBroken(promises, 'first\n1.5\nb and c\n')).toBeUndefined()
  expect(findBroken(promises, '1x5\nb and c')).toBe('1.5')
  expect(findBroken(promises, 'b and c\n1.5')).toBe('b … c')
  expect(readPromises({ name: 'x', kind: 'run', language: 'sh', code: 'ls # → a\n# no → b' })).toEqual(['a'])
})

test('the JSON of every page is JSON', () => {
  for (const { language, code } of pages.flatMap(readFences)) {
    if (language === 'json') expect(() => JSON.parse(code), code.slice(0, 60)).not.toThrow()
  }
})

for (const snippet of running.filter(({ language }) => language === 'sh')) {
  test(`what "${snippet.name}" types at a shell works, and prints what it says`, async () => {
    const { status, stdout, stderr } = await runAtShell(snippet)
    expect(status, stderr).toBe(0)
    expectPromises(snippet, stdout)
  })
}

const listening = pages.filter((page) => !pagesWithOwnTests.has(page)).flatMap(readSnippets)
for (const snippet of listening.filter(({ kind }) => kind !== 'run')) {
  test(`the snippet "${snippet.name}" answers a good URL, and refuses a damaged one`, async () => {
    const call = calls[snippet.name]
    if (call === undefined || snippet.kind !== 'serve') throw new Error('nothing says how to call it')
    const { command, content, answer } = call
    const minter = createMinter({
      keys: testKey,
      baseUrl: `https://bot.example.com${pathOf(snippet)}`,
      expiresIn: '1h',
    })
    const { pathname } = new URL(minter.mintSync({ command, content, userId: 42 }))
    await withServer(snippet, async (origin) => {
      const good = await fetch(origin + pathname, { method: 'POST' })
      expect([good.status, await good.text()]).toEqual([200, answer])
      expect((await fetch(origin + pathname.slice(0, -1), { method: 'POST' })).status).toBe(400)
    })
  })
}

function pathOf({ code }: Snippet): string {
  return /app\.use\('([^']+)'/.exec(code)?.[1] ?? '/hooks'
}

function expectPromises(snippet: Snippet, printed: string): void {
  expect(findBroken(readPromises(snippet), printed), `${snippet.name} printed\n${printed}`).toBeUndefined()
}

// The first promise that is not kept. Each is a line, after the one before it; `…` stands for anything.
function findBroken(promises: readonly string[], printed: string): string | undefined {
  const lines = printed.split('\n').map((line) => line.trim())
  return promises.find((promise) => {
    const pattern = new RegExp(`^${promise.split('…').map(escapePattern).join('.*')}$`)
    const at = lines.findIndex((line) => pattern.test(line))
    lines.splice(0, at + 1)
    return at < 0
  })
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
