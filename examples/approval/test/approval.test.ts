import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import type { ParsedMail } from 'mailparser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openBrowser, withPage } from '../../../test/browser/open-browser.ts'
import { explainAbsence } from '../../../tools/setup/programs.js'
import { testKey } from '../../../tools/snippets.ts'
import { sendRequest } from '../../support/send-request.ts'
import { recordCheck } from '../../support/record-check.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Mailbox, openMailbox } from '../../support/mailbox.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { scanLinks } from './scanner.ts'

const cwd = fileURLToPath(new URL('..', import.meta.url))
let mailbox: Mailbox
let server: Program

beforeAll(async () => {
  mailbox = await openMailbox()
  const env = { HOOKURL_KEYS: testKey, PORT: String(await findFreePort()), SMTP_URL: mailbox.url }
  server = await startProgram([process.execPath, '--import', 'tsx', 'server.ts'], { cwd, env })
}, 60_000)

afterAll(async () => {
  await server?.stop()
  await mailbox?.close()
  const by = chromiumPath === undefined ? 'requests' : 'Chromium'
  recordCheck(
    'approval',
    `an e-mail over SMTP, scanned and prefetched: nothing; one click (${by}) decides, a second does not`,
  )
})

test('the e-mail has one pair of links, in its text and in its HTML', async () => {
  const { mail, approve, reject } = await requestApproval('3 laptops & "a <mouse>"')
  expect(mail.text).toContain('3 laptops & "a <mouse>"')
  expect(mail.html).toContain('3 laptops &#38; &#34;a &#60;mouse&#62;&#34;')
  expect([...String(mail.html).matchAll(/href="([^"]*)"/g)].map(([, link]) => link)).toEqual([approve, reject])
  const [one, other] = [approve, reject].map((link) => inspect(link))
  expect([one?.problems, other?.problems]).toEqual([[], []])
  expect(one?.claims).toMatchObject({ cmd: '/approve', use: 1, jti: other?.claims?.jti })
})

test('a scanner that HEADs, GETs and prefetches everything decides nothing, and the click still counts', async () => {
  const { id, approve, reject } = await requestApproval('a ladder')
  const statuses = await scanLinks([approve, reject])
  expect(new Set(statuses)).toEqual(new Set([200, 204, 405, 503]))
  expect(await fetchDecision(id)).toBe('waiting')
  expect((await pressButton(reject)).title).toBe('This is rejected')
  expect(await fetchDecision(id)).toBe('rejected')
})

test('of many people who press both buttons at once, one decides', async () => {
  const { id, approve, reject } = await requestApproval('a boat')
  const pages = await Promise.all([approve, reject, approve, reject, approve, reject].map(pressButton))
  const decision = await fetchDecision(id)
  expect(['approved', 'rejected']).toContain(decision)
  // Who pressed the button that won gets its page again; who pressed the other is told.
  const titles = pages.map(({ title }) => title).sort()
  expect(titles).toEqual([...Array(3).fill(`Already ${decision}`), ...Array(3).fill(`This is ${decision}`)])
  expect(server.output().match(/: a boat$/gm)).toHaveLength(1)
})

test('a link that was changed decides nothing', async () => {
  const { id, approve } = await requestApproval('a yacht')
  const changed = approve.slice(0, -1) + (approve.endsWith('A') ? 'E' : 'A')
  expect((await pressButton(changed)).status).toBe(403)
  expect(await fetchDecision(id)).toBe('waiting')
})

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'approval in Chromium',
  () => {
    let browser: Browser

    beforeAll(async () => {
      browser = await openBrowser()
    }, 60_000)
    afterAll(() => browser?.close())

    test('opening a link asks, its button decides, and both links then say that it is done', async () => {
      const { id, approve, reject } = await requestApproval('a bicycle')
      await withPage(browser, {}, async (page) => {
        // As a scanner that runs scripts: it opens both, and presses nothing.
        for (const link of [reject, approve]) await page.goto(link, { waitUntil: 'networkidle' })
        expect(await readPage(page)).toEqual(['Approve?', 'a bicycle', 'Nothing has happened yet.', 'Approve'])
        expect(await fetchDecision(id)).toBe('waiting')

        await page.getByRole('button', { name: 'Approve' }).click()
        await page.getByRole('heading', { name: 'This is approved' }).waitFor()
        expect(await fetchDecision(id)).toBe('approved')

        for (const link of [approve, reject]) {
          await page.goto(link)
          expect(await readPage(page)).toEqual(['Already approved', 'a bicycle'])
        }
      })
      expect(server.output()).toContain('approved by ada@example.com: a bicycle')
    })

    test('a page that was opened before somebody else decided is told when its button is pressed', async () => {
      const { id, approve, reject } = await requestApproval('a tent')
      await withPage(browser, {}, async (page) => {
        await page.goto(reject)
        expect((await pressButton(approve)).title).toBe('This is approved')
        await page.getByRole('button', { name: 'Reject' }).click()
        await page.getByRole('heading', { name: 'Already approved' }).waitFor()
      })
      expect(await fetchDecision(id)).toBe('approved')
    })
  },
)

interface ApprovalRequest {
  readonly id: string
  readonly mail: ParsedMail
  readonly approve: string
  readonly reject: string
}

async function requestApproval(what: string): Promise<ApprovalRequest> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ what, by: 'ada@example.com' })
  const answer = await fetch(`${server.origin}/requests`, { method: 'POST', headers, body })
  const { id } = (await answer.json()) as { id: string }
  const mail = mailbox.mails.at(-1)
  const [approve, reject] = mail?.text?.match(/https?:\S+/g) ?? []
  if (mail === undefined || approve === undefined || reject === undefined) throw new Error('the e-mail has no links')
  return { id, mail, approve, reject }
}

async function fetchDecision(id: string): Promise<string> {
  const answer = await fetch(`${server.origin}/requests/${id}`)
  return ((await answer.json()) as { decision: string }).decision
}

/** Presses the button of a link's page. */
async function pressButton(link: string): Promise<{ status: number; title: string | undefined }> {
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' }
  const { status, body } = await sendRequest(link, { method: 'POST', headers })
  return { status, title: /<title>(.*)<\/title>/.exec(body)?.[1] }
}

async function readPage(page: Page): Promise<string[]> {
  return page.locator('h1, p, button').allTextContents()
}
