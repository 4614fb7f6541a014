import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { alignColumns } from './align-columns.ts'

const wrappers = 'packages/verify/test/adapters/wrappers.test.ts'
const fact =
  /^a request with (.+) (?:(runs) with the right payload|is rejected with (\w+)|gets the (\d+) of the parser)$/

/** Prints what becomes of each kind of body behind each wrapper and body parser. */
export default class WrapperTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules
      .filter(({ moduleId }) => moduleId.endsWith(wrappers))
      .flatMap((module) => [...module.children.allTests()])
    const rows = new Map<string, Map<string, string>>()
    for (const test of tests) {
      const [, kind, runs, code, status] = fact.exec(test.name) ?? []
      if (kind === undefined || test.parent.type !== 'suite') continue
      const row = rows.get(test.parent.name) ?? new Map<string, string>()
      rows.set(test.parent.name, row.set(kind, toMark(test, runs === undefined ? (code ?? status ?? '') : '✓')))
    }
    const [first] = rows.values()
    if (first === undefined) return
    const kinds = [...first.keys()]
    const table = [...rows].map(([name, row]) => [name, ...kinds.map((kind) => row.get(kind) ?? '')])
    console.log(`\nBodies behind wrappers and body parsers\n${alignColumns([['', ...kinds], ...table])}`)
    console.log('✓ runs with the right payload, ● body_already_consumed, a number is the status of the parser itself')
  }
}

function toMark(test: TestCase, mark: string): string {
  const { state } = test.result()
  if (state === 'failed') return '✗'
  if (state === 'skipped') return '–'
  return mark === 'body_already_consumed' ? '●' : mark
}
