import type { Inspection } from '@hookurl/core'

type Lengths = Inspection['lengths']

const manyPlaces = 255
const allBrowsers = 2048

/** The parts of a hook URL drawn to scale: `├ base 28 ┼ header 20 ┼ claims 117 ┼ signature 43 ┤`. */
export function drawTokenDiagram(lengths: Lengths, width: number): string | undefined {
  const { input, token, header, claims, signature } = lengths
  const parts = [
    { name: 'base', length: input - token },
    { name: 'header', length: header },
    { name: 'claims', length: claims },
    { name: 'signature', length: signature },
  ].filter(({ length }) => length > 0)
  const labels = parts.map(({ name, length }) => ` ${name} ${length} `)
  const room = width - labels.join('').length - labels.length - 1
  if (parts.length < 2 || room < 0) return undefined
  const total = parts.reduce((sum, { length }) => sum + length, 0)
  const drawn = parts.map(({ length }, index) => pad(labels[index] as string, Math.floor((room * length) / total)))
  return `├${drawn.join('┼')}┤`
}

/** Whether a URL fits where URLs go. */
export function describeLengths({ input, token, longestSegment }: Lengths): string[] {
  const verdicts = [
    input <= manyPlaces ? 'fits where URLs are cut at 255' : 'over 255, where some services cut',
    input <= allBrowsers ? 'and at 2,048' : 'and over 2,048, too long for others',
  ]
  const lines = [`${input} characters: ${verdicts.join(' ')}`]
  if (longestSegment > manyPlaces && input > token) {
    lines.push(
      `one path segment of ${longestSegment}: some web servers refuse more than 255 (mint with --token-in query)`,
    )
  }
  return lines
}

function pad(label: string, extra: number): string {
  const left = Math.floor(extra / 2)
  return '─'.repeat(left) + label + '─'.repeat(extra - left)
}
