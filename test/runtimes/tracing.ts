// Checks the tracing channels in runtimes that have `node:diagnostics_channel`.
import type { Receiver } from '@hookurl/verify'

interface Channel {
  subscribe(listener: (trace: { readonly outcome?: string }) => void): void
}
interface Diagnostics {
  tracingChannel(name: string): { readonly end: Channel; readonly asyncEnd: Channel }
}

/** Mints a URL, calls it, and returns the published outcomes, or `none` without the channels. */
export async function traceOutcomes(receiver: Receiver, mint: () => Promise<string>): Promise<string> {
  const { process } = globalThis as { process?: { getBuiltinModule?(id: string): Diagnostics | undefined } }
  const diagnostics = process?.getBuiltinModule?.('node:diagnostics_channel')
  if (diagnostics === undefined) return 'none'
  const outcomes: (string | undefined)[] = []
  for (const name of ['hookurl:mint', 'hookurl:receive']) {
    diagnostics.tracingChannel(name).asyncEnd.subscribe(({ outcome }) => outcomes.push(outcome))
  }
  await receiver.fetch(new Request(await mint(), { method: 'POST' }))
  return outcomes.join()
}
