// A long, mixed load on one receiver: `npm run soak [-- --requests 1000000 --seed 1]`. Ends with 1 on any breach.
import { parseArgs } from 'node:util'
import { getGrowth, findBreaches } from './find-breaches.ts'
import { type SoakResult, soak } from './soak.ts'

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const requests = Number(values.requests)
const seed = Number(values.seed)
if (!Number.isSafeInteger(requests) || requests < 1000 || !Number.isSafeInteger(seed)) {
  console.error('--requests takes a number from 1000 on, --seed a whole number')
  process.exit(2)
}
const begin = performance.now()
const result = await soak({
  requests,
  seed,
  step: Math.min(100_000, Math.ceil(requests / 2)),
  onProgress: (done) => console.log(`${inThousands(done)} requests, ${inSeconds(performance.now() - begin)}`),
})
print(result)
const breaches = findBreaches(result, { rss: 1.1, heapUsed: 1.1 })
for (const breach of breaches) console.log(`BREACH: ${breach}`)
console.log(breaches.length === 0 ? 'every request as it must be' : `${breaches.length} breaches`)
process.exitCode = breaches.length === 0 ? 0 : 1

function print({ results, memory, refusals, seconds, ...rest }: SoakResult): void {
  const rows = results.map(({ kind, sent, answers, runs, exact }) => ({
    kind: kind.name,
    sent,
    answer: kind.answer,
    'so answered': answers[kind.answer] ?? 0,
    runs,
    'run as often as they must': exact,
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
  console.log(`memory at the end, to the first row: ${ratios.join(', ')}`)
  console.log(`refused, as the receiver counted: ${JSON.stringify(refusals)}`)
  const total = results.reduce((runs, one) => runs + one.runs, 0)
  const speed = Math.round(rest.requests / seconds)
  console.log(
    `${inThousands(rest.requests)} requests (seed ${seed}), ${inThousands(total)} runs, ${inSeconds(seconds * 1000)}, ${speed} a second`,
  )
}

function toMiB(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1)
}

function inThousands(count: number): string {
  return count.toLocaleString('en')
}

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
