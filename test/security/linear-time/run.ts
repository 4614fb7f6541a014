import { headerFunctions, payloadFunctions, textFunctions } from './functions.ts'
import { createHeaderPatterns, createPayloadPatterns, createTextPatterns } from './inputs.ts'
import { type Growth, MAX_GROWTH, measureGrowth } from './measure.ts'

/** Measures every function with every pattern of its input. */
export async function measureAll(): Promise<Growth[]> {
  const textPatterns = await createTextPatterns()
  const payloadPatterns = createPayloadPatterns()
  const headerPatterns = createHeaderPatterns()
  return [
    ...textFunctions.flatMap((fn) => textPatterns.map((pattern) => measureGrowth(fn, pattern))),
    ...payloadFunctions.flatMap((fn) => payloadPatterns.map((pattern) => measureGrowth(fn, pattern))),
    ...headerFunctions.flatMap((fn) => headerPatterns.map((pattern) => measureGrowth(fn, pattern))),
  ]
}

/** Prints the worst pattern of each function and returns every measurement over `MAX_GROWTH`. */
export function report(growths: readonly Growth[]): Growth[] {
  const tooSlow = growths.filter(({ ratio }) => ratio > MAX_GROWTH)
  for (const name of new Set(growths.map((growth) => growth.name))) {
    const ownGrowths = growths.filter((growth) => growth.name === name)
    const worst = ownGrowths.reduce((one, other) => (other.ratio > one.ratio ? other : one))
    console.log(`${name.padEnd(18)} ${String(ownGrowths.length).padStart(3)} patterns, at most ${formatGrowth(worst)}`)
  }
  for (const growth of tooSlow) console.error(`not linear: ${growth.name}, ${formatGrowth(growth)}`)
  return tooSlow
}

function formatGrowth({ ratio, pattern, length, milliseconds }: Growth): string {
  return `${ratio.toFixed(2)} × (${pattern}: ${milliseconds.toFixed(1)} ms for ${length} characters)`
}
