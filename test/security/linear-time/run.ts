import { type Growth, measureGrowth, MAX_GROWTH } from './measure.ts'
import { createPayloadPatterns, createTextPatterns } from './inputs.ts'
import { payloadFunctions, textFunctions } from './functions.ts'

/** How each function's time grows over all shapes of its input. */
export async function measureAll(): Promise<Growth[]> {
  const texts = await createTextPatterns()
  const payloads = createPayloadPatterns()
  return [
    ...textFunctions.flatMap((work) => texts.map((shape) => measureGrowth(work, shape))),
    ...payloadFunctions.flatMap((work) => payloads.map((shape) => measureGrowth(work, shape))),
  ]
}

/** Prints the worst shape of each function, and every one that grows too much; returns those. */
export function report(growths: readonly Growth[]): Growth[] {
  const tooMuch = growths.filter(({ ratio }) => ratio > MAX_GROWTH)
  for (const work of new Set(growths.map((growth) => growth.work))) {
    const own = growths.filter((growth) => growth.work === work)
    const worst = own.reduce((one, other) => (other.ratio > one.ratio ? other : one))
    console.log(`${work.padEnd(18)} ${String(own.length).padStart(3)} shapes, at most ${tell(worst)}`)
  }
  for (const growth of tooMuch) console.error(`grows too much: ${growth.work}, ${tell(growth)}`)
  return tooMuch
}

function tell({ ratio, shape, length, milliseconds }: Growth): string {
  return `${ratio.toFixed(2)} × (${shape}: ${milliseconds.toFixed(1)} ms for ${length} characters)`
}
