import type { KindResult, SoakResult } from './soak.ts'

/** How much memory may grow after the first measurement, as a ratio. */
export interface Growth {
  readonly rss: number
  readonly heapUsed: number
}

/** Returns every deviation of a soak test from the expected result. */
export function findBreaches(
  { results, memory, rejections, errors, warnings, mixed }: SoakResult,
  growth: Growth,
): string[] {
  const breaches = results.flatMap(findKindBreaches)
  for (const name of ['rss', 'heapUsed'] as const) {
    const ratio = getGrowth(memory, name)
    if (ratio > growth[name]) breaches.push(`${name} grew ${ratio.toFixed(2)} times, over ${growth[name]}`)
  }
  const failed = sum(results, ({ kind }) => kind.response.includes('handler_failed'))
  if (errors !== failed) breaches.push(`onError was called ${errors} times for ${failed} failures`)
  if (mixed > 0) breaches.push(`${mixed} runs received the payload of another request`)
  if (warnings.length > 0) breaches.push(`the process emitted warnings: ${warnings.join('; ')}`)
  for (const code of new Set(results.flatMap(({ kind }) => kind.errorCode ?? []))) {
    const sent = sum(results, ({ kind }) => kind.errorCode === code)
    if (rejections[code] !== sent) breaches.push(`${code}: the receiver rejected ${rejections[code] ?? 0} of ${sent}`)
  }
  return breaches
}

/** Returns the ratio between the last and the first measurement. */
export function getGrowth(memory: SoakResult['memory'], name: keyof Growth): number {
  const [first] = memory
  return (memory.at(-1) ?? first)[name] / first[name]
}

function findKindBreaches({ kind, sent, responses, exact, runs }: KindResult): string[] {
  const breaches: string[] = []
  const { name, response } = kind
  if (sent === 0) breaches.push(`${name}: no request was sent`)
  for (const [other, times] of Object.entries(responses)) {
    if (other !== response) breaches.push(`${name}: ${times} × "${other}", not "${response}"`)
  }
  if (exact !== sent)
    breaches.push(`${name}: ${sent - exact} of ${sent} were not handled ${kind.runs} times (${runs} runs)`)
  return breaches
}

function sum(results: readonly KindResult[], isMeant: (result: KindResult) => boolean): number {
  return results.reduce((total, result) => total + (isMeant(result) ? result.sent : 0), 0)
}
