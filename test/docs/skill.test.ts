import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMinter } from '@hookurl/core'
import { expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../tools/setup/io.js'
import { callSnippet, compileSnippets, readSnippets, type Snippet, testKey, withServer } from '../../tools/snippets.ts'

const page = 'skills/hookurl/SKILL.md'
const text = readFileSync(join(root, page), 'utf8')
const snippets = readSnippets(page)

// The compiler takes long on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

function find(name: string): Snippet {
  const found = snippets.find((snippet) => snippet.name === name)
  if (found === undefined) throw new Error(`${page} has no snippet ${name}`)
  return found
}

function mint(baseUrl: string, options: { readonly command: string; readonly maxUses?: number }): string {
  return createMinter({ keys: testKey, baseUrl, expiresIn: '1h' }).mintSync({ ...options, userId: 42 })
}

// https://agentskills.io/specification
test('the front matter has what the specification of skills requires', () => {
  const { name, description } = parse(/^---\n(.*?)\n---\n/s.exec(text)?.[1] ?? '')
  expect(name).toBe('hookurl')
  expect(description.length).toBeGreaterThan(100)
  expect(description.length).toBeLessThanOrEqual(1024)
})

test('the skill has at most 300 lines', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(300)
})

test.each(['cli', 'verify'])('the package %s contains the same skill', (name) => {
  expect(readFileSync(join(root, 'packages', name, page), 'utf8')).toBe(text)
})

/** What the lines of the tables need around them. */
const scaffolds: Readonly<Record<string, string>> = {
  express: "import express from 'express'\nconst app = express()",
  fastify: "import fastify from 'fastify'\nconst app = fastify()",
  hono: "import { Hono } from 'hono'\nconst app = new Hono()",
  koa: "import Koa from 'koa'\nconst app = new Koa()",
  node: "import { createServer } from 'node:http'",
}

const options = `const keys = process.env.HOOKURL_KEYS
const command = '/a'
const handlers = { '/a': async () => {} }
const request = new Request('https://a.example/')
declare const client: any, pool: any, env: any, path: string, table: string
export const used = [keys, command, handlers, request]`

function toSnippet(line: string, host: string, at: number): Snippet {
  const specifier = host === '' ? '@hookurl/verify' : `@hookurl/verify/${host}`
  const name = /hookurl(?=[(,.])|createReceiver|\w+UseStore/.exec(line)?.[0]
  const code = `import { ${name} } from '${specifier}'\n${scaffolds[host] ?? ''}\n${options}\n${line}\n`
  return { name: `skill-line-${at}`, kind: 'module', language: 'ts', code }
}

test('every line of the tables of hosts and stores compiles, and so do the guards', () => {
  const listed = [...text.matchAll(/`([^`]+)` from `@hookurl\/verify\/?(\w*)`/g)]
  const guards = [...text.matchAll(/(Hono|Fastify)\s`(app\.all\([^`]+\))`/g)]
  const lines = [...listed, ...guards.map(([, host = '', line]) => ['', line, host.toLowerCase()])]
  expect(lines).toHaveLength(8 + 6 + 2)
  expect(compileSnippets(lines.map(([, line = '', host = ''], at) => toSnippet(line, host, at)))).toBe('')
})

test('the Express application runs the handler of its receiver, and its guarded route once', async () => {
  await withServer(find('skill-receive'), async (origin, getOutput) => {
    const hook = new URL(mint('https://a.example/hooks', { command: '/onWebhook' })).pathname
    const body = JSON.stringify({ order: 7 })
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(origin + hook, { method: 'POST', body, headers })).status).toBe(200)
    await vi.waitFor(() => expect(getOutput()).toContain('{ order: 7 }'), { timeout: 20_000 })
    const link = new URL(mint('https://a.example/approve', { command: '/approve', maxUses: 1 })).pathname
    const first = await fetch(origin + link, { method: 'POST' })
    expect(await first.text()).toBe('approved by 42')
    expect((await fetch(origin + link, { method: 'POST', body: 'again' })).status).toBe(410)
  })
})

test('the Next route runs its handler', async () => {
  const url = mint('https://a.example/hooks', { command: '/approve' })
  const results = await callSnippet(find('skill-next'), [{ url, event: undefined }])
  expect(results).toStrictEqual([{ status: 200, body: '{"ok":true}' }])
})

test('the script that waits prints what the caller sends, and ends', async () => {
  await withServer(find('skill-wait'), async (origin, getOutput) => {
    await vi.waitFor(() => expect(getOutput()).toContain('/waits/eyJ'), { timeout: 20_000 })
    const path = /\/waits\/eyJ[\w.-]+/.exec(getOutput())?.[0]
    const response = await fetch(origin + path, { method: 'POST', body: new URLSearchParams({ status: 'done' }) })
    expect(response.status).toBe(200)
    await vi.waitFor(() => expect(getOutput()).toContain("{ status: 'done' }"), { timeout: 20_000 })
  })
})
