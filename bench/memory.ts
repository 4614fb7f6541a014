import { isQuick } from './measure.ts'
import { start, type Usage } from './receive-load.ts'
import type { Row } from './row.ts'

const early = isQuick ? 10_000 : 100_000
const late = early * 10
const reach = { atMost: 1.1 }

/** What a receiver holds after many requests, against what it held after a tenth of them. */
export async function run(): Promise<readonly Row[]> {
  const subject = await start('node', '--expose-gc')
  try {
    await subject.load(early)
    const before = await subject.usage()
    await subject.load(late - early)
    return toRows(before, await subject.usage())
  } finally {
    subject.stop()
  }
}

function toRows(before: Usage, after: Usage): Row[] {
  const work = `memory of a receiver after ${late.toLocaleString('en')} requests`
  const against = `after ${early.toLocaleString('en')}`
  const write = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  const row = (of: (usage: Usage) => number, note: string): Row => ({
    work,
    against,
    value: of(after) / of(before),
    unit: '×',
    reach,
    ours: write(of(after)),
    theirs: write(of(before)),
    note,
  })
  return [
    row(({ heapUsed }) => heapUsed, 'the heap in use after a garbage collection'),
    row(({ rss }) => rss, 'all memory that the process holds'),
  ]
}
