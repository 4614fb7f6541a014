// `npm run test:soak [-- --requests 1000000 --seed 1]`: a long, mixed load on one receiver. Exits with 1 on a breach.
import { parseArgs } from 'node:util'
import { findBreaches, getGrowth } from './find-breaches.ts'
import { type SoakResult, soak } from './soak.ts'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const requests = Number(values.requests)
const seed = Number(values.seed)
if (!Number.isSafeInteger(requests) || requests < 1000 || !Number.isSafeInteger(seed)) {
  console.error('--requests must be an integer of at least 1000, --seed an integer')
  process.exit(2)
}
const begin = performance.now()
const result = await soak({
  requests,
  seed,
  step: Math.min(100_000, Math.ceil(requests / 2)),
  onProgress: (done) => console.log(`${formatCount(done)} requests, ${formatSeconds(performance.now() - begin)}`),
})
print(result)
const breaches = findBreaches(result, { rss: 1.1, heapUsed: 1.1 })
for (const breach of breaches) console.log(`BREACH: ${breach}`)
console.log(breaches.length === 0 ? 'no breaches' : `${breaches.length} breaches`)
process.exitCode = breaches.length === 0 ? 0 : 1

function print({ results, memory, rejections, seconds, ...rest }: SoakResult): void {
  const rows = results.map(({ kind, sent, responses, runs, exact }) => ({
    kind: kind.name,
    sent,
    'expected response': kind.response,
    'got it': responses[kind.response] ?? 0,
    runs,
    'ran as expected': exact,
  }))
  console.table(rows)
  console.table(
    memory.map(({ requests, rss, heapUsed }) => ({
      requests,
      'rss, MiB': toMiB(rss),
      'heapUsed, MiB': toMiB(heapUsed),
    })),
  )
  const ratios = (['rss', 'heapUsed'] as const).map((name) => `${name} × ${getGrowth(memory, name).toFixed(3)}`)
  console.log(`memory, last to first measurement: ${ratios.join(', ')}`)
  console.log(`rejections by code: ${JSON.stringify(rejections)}`)
  const total = results.reduce((sum, { runs }) => sum + runs, 0)
  const speed = Math.round(rest.requests / seconds)
  console.log(
    `${formatCount(rest.requests)} requests (seed ${seed}), ${formatCount(total)} runs, ${formatSeconds(seconds * 1000)}, ${speed} per second`,
  )
}

function toMiB(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1)
}

function formatCount(count: number): string {
  return count.toLocaleString('en')
}

function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
