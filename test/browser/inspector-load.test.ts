import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explainAbsence } from '../../tools/setup/programs.js'
import { type InspectorPage, openInspectorPage, post, waitForConnection } from './inspector-page.ts'
import { chromiumPath } from './open-browser.ts'

const hookCount = 500
const bodyLength = 100_000
// A task of more than 50 ms is a long task (W3C Long Tasks API). Measured is processor time, because the wall time of a
// task depends on what else the machine does.
const longTaskMs = 50

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** The processor time in microseconds. */
  readonly tdur?: number
}

describe.skipIf(chromiumPath === undefined)(
  chromiumPath === undefined ? explainAbsence('chromium') : 'the inspector page with 500 hooks of 100 kB, in Chromium',
  () => {
    let inspector: InspectorPage
    let page: Page
    let session: CDPSession

    beforeAll(async () => {
      inspector = await openInspectorPage({ context: { viewport: { width: 1440, height: 900 } } })
      page = inspector.page
      session = await page.context().newCDPSession(page)
      const url = inspector.mintUrl({ command: '/onTranscript' })
      for (let sent = 0; sent < hookCount; sent += 10) {
        await Promise.all(Array.from({ length: 10 }, (_, index) => post(url, createBody(sent + index))))
      }
    }, 120_000)
    afterAll(() => inspector?.close())

    test('first paint has no long task', async () => {
      const longest = await measureLongestTask('first paint', async () => {
        await page.reload()
        await waitForConnection(page)
        await page.getByRole('tree', { name: 'Request body as a tree' }).waitFor()
      })
      expect(longest).toBeLessThan(longTaskMs)
    }, 60_000)

    test('typing in the filter has no long task, and finds one value in 50 MB', async () => {
      const longest = await measureLongestTask('typing in the filter', async () => {
        await page.getByRole('searchbox').pressSequentially('needle-321', { delay: 60 })
        await page.getByRole('button', { name: 'All 1', exact: true }).waitFor()
      })
      expect(longest).toBeLessThan(longTaskMs)
    }, 60_000)

    test('moving through the list has no long task', async () => {
      await page.keyboard.press('Escape')
      const longest = await measureLongestTask('moving through the list', async () => {
        await page.keyboard.press('ArrowDown')
        for (let press = 0; press < 20; press++) {
          await page.keyboard.press('ArrowDown')
          await page.waitForTimeout(50)
        }
      })
      expect(longest).toBeLessThan(longTaskMs)
    }, 60_000)

    test('the oldest request still has its body', async () => {
      await page.evaluate(() => location.assign('#/requests/1'))
      await page.getByRole('treeitem', { name: '"needle": "needle-0"' }).waitFor()
    })

    /** Runs an action, and returns the processor time of the longest task of the page's main thread meanwhile. */
    async function measureLongestTask(name: string, action: () => Promise<void>): Promise<number> {
      const events: TraceEvent[] = []
      const collect = ({ value }: { value: object[] }): void => void events.push(...(value as TraceEvent[]))
      session.on('Tracing.dataCollected', collect)
      const includedCategories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline']
      await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } })
      await action()
      const completed = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
      await session.send('Tracing.end')
      await completed
      session.off('Tracing.dataCollected', collect)
      const thread = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`
      const mainThreads = new Set(events.filter((event) => event.name === 'FunctionCall').map(thread))
      const tasks = events.filter((event) => event.name.endsWith('RunTask') && mainThreads.has(thread(event)))
      const durations = tasks.map(({ tdur = 0 }) => tdur / 1000).sort((one, other) => other - one)
      console.info(`${name}: the longest of ${tasks.length} tasks took ${durations[0]?.toFixed(1)} ms`)
      expect(tasks.length).toBeGreaterThan(10)
      return durations[0] ?? 0
    }
  },
)

function createBody(number: number): string {
  const segments: object[] = []
  const start = JSON.stringify({ type: 'transcript.ready', number, needle: `needle-${number}` }).length
  for (let length = start; length < bodyLength; length += 125) {
    const id = segments.length
    segments.push({
      id,
      start: id * 2.5,
      speaker: 'A',
      text: `And then number ${id} said something worth writing down.`,
    })
  }
  return JSON.stringify({ type: 'transcript.ready', number, needle: `needle-${number}`, segments })
}
