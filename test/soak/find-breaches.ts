import type { KindResult, SoakResult } from './soak.ts'

/** How much the memory may grow after the first measurement. */
export interface Growth {
  readonly rss: number
  readonly heapUsed: number
}

/** What in a soak is not as it must be: nothing, if all is well. */
export function findBreaches({ results, memory, refusals, errors, warnings, mixed }: SoakResult, growth: Growth): string[] {
  const breaches = results.flatMap(judgeKind)
  for (const name of ['rss', 'heapUsed'] as const) {
    const ratio = getGrowth(memory, name)
    if (ratio > growth[name]) breaches.push(`${name} grew ${ratio.toFixed(2)} times, over ${growth[name]}`)
  }
  const failed = sum(results, ({ kind }) => kind.response.includes('handler_failed'))
  if (errors !== failed) breaches.push(`onError heard of ${errors} failures, of ${failed}`)
  if (mixed > 0) breaches.push(`${mixed} runs got the payload of another request`)
  if (warnings.length > 0) breaches.push(`the process warned: ${warnings.join('; ')}`)
  for (const code of new Set(results.flatMap(({ kind }) => kind.refusal ?? []))) {
    const sent = sum(results, ({ kind }) => kind.errorCode === code)
    if (refusals[code] !== sent) breaches.push(`${code}: the receiver counted ${refusals[code] ?? 0}, of ${sent}`)
  }
  return breaches
}

/** How many times as much memory there is at the end as after the first step. */
export function getGrowth(memory: SoakResult['memory'], name: keyof Growth): number {
  const [first] = memory
  return (memory.at(-1) ?? first)[name] / first[name]
}

function judgeKind({ kind, sent, responses, exact, runs }: KindResult): string[] {
  const breaches: string[] = []
  const { name, response } = kind
  if (sent === 0) breaches.push(`${name}: none was sent`)
  for (const [other, times] of Object.entries(responses)) {
    if (other !== response) breaches.push(`${name}: ${times} × "${other}", not "${response}"`)
  }
  if (exact !== sent)
    breaches.push(`${name}: ${sent - exact} of ${sent} were not run ${kind.runs} times (${runs} runs)`)
  return breaches
}

function sum(results: readonly KindResult[], isMeant: (result: KindResult) => boolean): number {
  return results.reduce((total, result) => total + (isMeant(result) ? result.sent : 0), 0)
}
