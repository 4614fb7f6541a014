import { isQuick } from './measure.ts'
import { startServer, type Usage } from './receive-load.ts'
import type { Row } from './row.ts'

const early = isQuick ? 10_000 : 100_000
const late = early * 10
const target = { atMost: 1.1 }

/** The memory of a receiver after many requests, compared to its memory after a tenth of them. */
export async function run(): Promise<readonly Row[]> {
  const server = await startServer('node', '--expose-gc')
  try {
    await server.load(early)
    const before = await server.usage()
    await server.load(late - early)
    return toRows(before, await server.usage())
  } finally {
    server.stop()
  }
}

function toRows(before: Usage, after: Usage): Row[] {
  const formatMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  const toRow = (memory: string, getBytes: (usage: Usage) => number): Row => ({
    task: `${memory} of a receiver after ${late.toLocaleString('en')} requests`,
    comparedTo: `after ${early.toLocaleString('en')}`,
    value: getBytes(after) / getBytes(before),
    unit: '×',
    target,
    hookurl: formatMegabytes(getBytes(after)),
    other: formatMegabytes(getBytes(before)),
  })
  return [toRow('heap', ({ heapUsed }) => heapUsed), toRow('resident memory', ({ rss }) => rss)]
}
