import type { Vectors } from '../../conformance/format.ts'
import type { Failure } from '../../conformance/suite.ts'
import { receiverCases, sharedCases } from './cases.ts'
import type { Runtime, SendRequest } from './runtime.ts'

/** The results of one runtime. */
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

/** Starts a runtime and runs every vector and every case in it. */
export async function checkRuntime(runtime: Runtime, vectors: Vectors): Promise<Report> {
  const begin = performance.now()
  return runtime.start(async ({ version, send }) => {
    const cases = await runCases(runtime, send)
    const { status, body } = await send(`/conformance?engine=${runtime.engine}`, {
      method: 'POST',
      body: JSON.stringify(vectors),
    })
    if (status !== 200) throw new Error(`the vectors did not run: ${status} ${body.slice(0, 400)}`)
    return { version, vectors: JSON.parse(body) as Tally, cases, milliseconds: performance.now() - begin }
  })
}

async function runCases(runtime: Runtime, send: SendRequest): Promise<Tally> {
  const cases = [
    ...runtime.receivers.flatMap((mountPath) =>
      receiverCases(mountPath).map(({ name, check }) => ({ name: `${mountPath} ${name}`, check })),
    ),
    ...sharedCases(runtime.extras ?? []),
  ]
  const failures: Failure[] = []
  for (const { name, check } of cases) {
    try {
      await check(send)
    } catch (error) {
      failures.push({ name, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return { passed: cases.length - failures.length, failures }
}
