import type { Vectors } from '../../conformance/format.ts'
import type { Failure } from '../../conformance/suite.ts'
import { otherCases, receiverCases } from './cases.ts'
import type { SendRequest, Runtime } from './runtime.ts'

/** What came of a place. */
export interface Report {
  readonly version: string
  readonly vectors: Tally
  readonly cases: Tally
  readonly milliseconds: number
}

export interface Tally {
  readonly passed: number
  readonly failures: readonly Failure[]
}

/** Runs every vector and every case in a place; it is started for that. */
export async function checkRuntime(place: Runtime, vectors: Vectors): Promise<Report> {
  const begin = performance.now()
  return place.start(async ({ version, send }) => {
    const cases = await runCases(place, send)
    const { status, body } = await send(`/conformance?engine=${place.engine}`, {
      method: 'POST',
      body: JSON.stringify(vectors),
    })
    if (status !== 200) throw new Error(`the vectors did not run: ${status} ${body.slice(0, 400)}`)
    return { version, vectors: JSON.parse(body) as Tally, cases, milliseconds: performance.now() - begin }
  })
}

async function runCases(place: Runtime, ask: SendRequest): Promise<Tally> {
  const all = [
    ...place.receivers.flatMap((at) => receiverCases(at).map((one) => ({ ...one, name: `${at} ${one.name}` }))),
    ...otherCases(place.extras ?? []),
  ]
  const failures: Failure[] = []
  for (const { name, check } of all) {
    try {
      await check(ask)
    } catch (error) {
      failures.push({ name, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return { passed: all.length - failures.length, failures }
}
