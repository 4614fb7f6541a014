import { fileURLToPath } from 'node:url'
import { inspect } from '@hookurl/core'
import type { ParsedMail } from 'mailparser'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openBrowser, withPage } from '../../../test/browser/open-browser.ts'
import { explainAbsence } from '../../../tools/setup/programs.js'
import { testKey } from '../../../tools/snippets.ts'
import { findFreePort } from '../../support/free-port.ts'
import { type Mailbox, openMailbox } from '../../support/mailbox.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { recordCheck } from '../../support/record-check.ts'
import { sendRequest } from '../../support/send-request.ts'
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
    `an email over SMTP; scans and prefetches decide nothing, the first click (${by}) decides, a second does not`,
  )
})

test('the email has the same two links in the plain text and in the HTML', async () => {
  const { mail, approve, reject } = await requestApproval('3 laptops & "a <mouse>"')
  expect(mail.text).toContain('3 laptops & "a <mouse>"')
  expect(mail.html).toContain('3 laptops &#38; &#34;a &#60;mouse&#62;&#34;')
  expect([...String(mail.html).matchAll(/href="([^"]*)"/g)].map(([, link]) => link)).toEqual([approve, reject])
})

test('both links are for one use and have the same id', async () => {
  const { approve, reject } = await requestApproval('a lamp')
  const [approval, rejection] = [inspect(approve), inspect(reject)]
  expect(approval.problems).toEqual([])
  expect(rejection.problems).toEqual([])
  expect(approval.claims).toMatchObject({ cmd: '/approve', use: 1 })
  expect(rejection.claims).toMatchObject({ cmd: '/reject', use: 1, jti: approval.claims?.jti })
})

test('scanners and prefetches decide nothing, and a click after them decides', async () => {
  const { id, approve, reject } = await requestApproval('a ladder')
  const statuses = await scanLinks([approve, reject])
  expect(new Set(statuses)).toEqual(new Set([200, 204, 405, 503]))
  expect(await fetchDecision(id)).toBe('waiting')
  expect((await pressButton(reject)).title).toBe('This is rejected')
  expect(await fetchDecision(id)).toBe('rejected')
})

test('of several users who press both buttons at the same time, one decides', async () => {
  const { id, approve, reject } = await requestApproval('a boat')
  const pages = await Promise.all([approve, reject, approve, reject, approve, reject].map(pressButton))
  const decision = await fetchDecision(id)
  expect(['approved', 'rejected']).toContain(decision)
  // A duplicate of the deciding click gets the same page; the other button gets the decision.
  const titles = pages.map(({ title }) => title).sort()
  expect(titles).toEqual([...Array(3).fill(`Already ${decision}`), ...Array(3).fill(`This is ${decision}`)])
  expect(server.output().match(/: a boat$/gm)).toHaveLength(1)
})

test('an altered link is rejected with 403 and decides nothing', async () => {
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

    test('a link opens a page whose button decides, and both links then show the decision', async () => {
      const { id, approve, reject } = await requestApproval('a bicycle')
      await withPage(browser, {}, async (page) => {
        // Like a scanner that runs scripts: opens both links and presses nothing.
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

    test('the button of a page shows the decision that another user made meanwhile', async () => {
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
  const response = await fetch(`${server.origin}/requests`, { method: 'POST', headers, body })
  const { id } = (await response.json()) as { id: string }
  const mail = mailbox.mails.at(-1)
  const [approve, reject] = mail?.text?.match(/https?:\S+/g) ?? []
  if (mail === undefined || approve === undefined || reject === undefined) throw new Error('the email has no links')
  return { id, mail, approve, reject }
}

async function fetchDecision(id: string): Promise<string> {
  const response = await fetch(`${server.origin}/requests/${id}`)
  return ((await response.json()) as { decision: string }).decision
}

/** Sends what the button of a link's page sends. */
async function pressButton(link: string): Promise<{ status: number; title: string | undefined }> {
  const headers = { 'sec-fetch-mode': 'navigate', 'content-type': 'application/x-www-form-urlencoded' }
  const { status, body } = await sendRequest(link, { method: 'POST', headers })
  return { status, title: /<title>(.*)<\/title>/.exec(body)?.[1] }
}

async function readPage(page: Page): Promise<string[]> {
  return page.locator('h1, p, button').allTextContents()
}
