import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMinter } from '@hookurl/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findFreePort } from '../../examples/support/free-port.ts'
import { type Program, startProgram } from '../../examples/support/program.ts'
import { sendRequest } from '../../examples/support/send-request.ts'
import { root, run } from '../../tools/setup/io.js'
import { testKey } from '../../tools/snippets.ts'
import { azure } from '../frameworks/azure.ts'
import { writeSnippets } from '../frameworks/check-framework.ts'
import { googleCloud } from '../frameworks/google-cloud.ts'

interface MintedUrl {
  readonly tokenIn?: 'path' | 'query'
  readonly content?: { readonly invoice: number }
}

const json = { 'content-type': 'application/json' }
const accepted = { status: 200, text: '{"ok":true}' }

// `npm run test:frameworks` checks them in Chromium too, with the packed packages.
for (const framework of [googleCloud, azure]) {
  describe(framework.name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'hookurl-functions-'))
    let program: Program | undefined
    let base = ''

    beforeAll(async () => {
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
      for (const [path, text] of Object.entries(framework.template)) writeFileSync(join(folder, path), text)
      mkdirSync(join(folder, 'src'))
      writeSnippets(folder, framework.files)
      const compiled = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', folder])
      expect(compiled.output).toBe('')
      const port = await findFreePort()
      const command = [process.execPath, '--import', import.meta.resolve('tsx'), ...framework.program] as const
      const env = { HOOKURL_KEYS: testKey, HOST: '127.0.0.1', PORT: String(port) }
      program = await startProgram(command, { cwd: folder, env })
      base = `http://127.0.0.1:${port}${framework.prefix ?? ''}`
    }, 120_000)
    afterAll(async () => {
      await program?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    function mint(path: string, command: string, { tokenIn = 'path', content }: MintedUrl = {}): string {
      const minter = createMinter({ keys: testKey, baseUrl: base + path, expiresIn: '1h', tokenIn })
      return minter.mintSync({ command, userId: 42, content })
    }

    test('the receiver runs the handler with the payload', async () => {
      expect(await send(mint('/hooks', '/onWebhook'), '{"sent":1}')).toEqual(accepted)
      await expect.poll(() => program?.output()).toContain('42 { sent: 1 }')
    })

    test('the receiver accepts a token in the query', async () => {
      expect(await send(mint('/hooks', '/onWebhook', { tokenIn: 'query' }), '{}')).toEqual(accepted)
    })

    test('the receiver gets a body in chunks', async () => {
      const body = new Blob(['{"sent":"in chunks"}']).stream()
      expect(await send(mint('/hooks', '/onWebhook'), body)).toEqual(accepted)
      await expect.poll(() => program?.output()).toContain("42 { sent: 'in chunks' }")
    })

    test('the receiver shows browsers the confirm page, and responds to HEAD and OPTIONS', async () => {
      const url = mint('/hooks', '/onWebhook')
      const page = await sendRequest(url, { method: 'GET', headers: { 'sec-fetch-mode': 'navigate' } })
      expect([page.status, page.body]).toEqual([200, expect.stringContaining('<title>Please confirm</title>')])
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(200)
      expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(204)
    })

    test('the receiver rejects a truncated URL with 400, and a path without a token with 404', async () => {
      const url = mint('/hooks', '/onWebhook')
      expect((await send(url.slice(0, -1), '{}')).status).toBe(400)
      expect((await send(`${base}/hooks`, '{}')).status).toBe(404)
    })

    test('the route behind the guard gets the content, and only the hooks of its command', async () => {
      const approval = mint('/approve', '/approve', { content: { invoice: 7 } })
      expect(await send(approval, '{}')).toEqual({ status: 200, text: 'approved invoice 7 for 42' })
      expect((await send(mint('/approve', '/onWebhook'), '{}')).status).toBe(403)
    })
  })
}

async function send(url: string, body: BodyInit): Promise<{ status: number; text: string }> {
  const init = { method: 'POST', headers: json, body, duplex: 'half' }
  const response = await fetch(url, init as RequestInit)
  return { status: response.status, text: await response.text() }
}
