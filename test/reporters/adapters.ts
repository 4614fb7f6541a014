import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { type Case, cases, getUnsupportedReason } from '../../packages/verify/test/contract/cases.ts'
import { alignColumns } from './align-columns.ts'

const contract = 'packages/verify/test/adapters/adapter-contract.test.ts'

/** Prints which cases each adapter passed: one row per case, one column per adapter. */
export default class AdapterTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.filter(({ moduleId }) => moduleId.endsWith(contract)).flatMap(listTests)
    const ran = tests.filter((test) => test.result().state !== 'skipped')
    // A filtered run is incomplete.
    if (ran.length === 0 || ran.length < tests.length) return
    const subjects = [...new Set(tests.map((test) => split(test)[0]))]
    const reasons = new Map<string, number>()
    const rows = cases.map((row) => {
      const marks = subjects.map((subject) => toMark(row, { subject, tests, reasons }))
      return [row.name, ...marks]
    })
    console.log(`\nAdapters, each as receiver and as guard\n${alignColumns([['', ...subjects], ...rows])}`)
    for (const [reason, number] of reasons) console.log(`–${number} ${reason}`)
  }
}

interface Column {
  readonly subject: string
  readonly tests: readonly TestCase[]
  readonly reasons: Map<string, number>
}

function toMark(row: Case, { subject, tests, reasons }: Column): string {
  const own = tests.filter((test) => {
    const [name, rest] = split(test)
    return name === subject && row.tests.test(rest)
  })
  const reason = row.needs === undefined ? undefined : getUnsupportedReason({ name: subject }, row.needs)
  if (own.some((test) => test.result().state === 'failed')) return '✗'
  if (reason !== undefined) return `–${remember(reason, reasons)}`
  return own.length === 0 ? '?' : '✓'
}

function remember(reason: string, reasons: Map<string, number>): number {
  const number = reasons.get(reason) ?? reasons.size + 1
  reasons.set(reason, number)
  return number
}

function listTests(module: TestModule): TestCase[] {
  return [...module.children.allTests()]
}

function split({ fullName }: TestCase): [subject: string, rest: string] {
  const at = fullName.indexOf(' > ')
  return [fullName.slice(0, at), fullName.slice(at + 3)]
}
