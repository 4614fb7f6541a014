import type { Inspection } from '@hookurl/core'
import { LONG_URL_LIMIT, SHORT_URL_LIMIT } from '@hookurl/presentation/url-limits'

type Lengths = Inspection['lengths']

/**
 * Draws the parts of a hook URL to scale: `├ base 28 ┼ header 20 ┼ claims 117 ┼ signature 43 ┤`. Returns
 * `undefined` if they do not fit in `width` columns.
 */
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
  const segments = parts.map(({ length }, index) =>
    center(labels[index] as string, Math.floor((room * length) / total)),
  )
  return `├${segments.join('┼')}┤`
}

/**
 * Compares the length of a URL, and of its longest path segment, with common limits. Of a URL that is not readable, such
 * as one that was truncated, the length says nothing about the original.
 */
export function describeLengths({ lengths, readable }: Pick<Inspection, 'lengths' | 'readable'>): string[] {
  const { input, token, longestSegment } = lengths
  if (!readable) return [`${input} characters`]
  const lines = [`${input} characters: ${compareWithLimits(input)}`]
  if (longestSegment > SHORT_URL_LIMIT && input > token) {
    lines.push(
      `one path segment of ${longestSegment}: some web servers accept at most 255 (mint with --token-in query)`,
    )
  }
  return lines
}

function compareWithLimits(length: number): string {
  if (length <= SHORT_URL_LIMIT) return 'within the common limits of 255 and 2,048'
  if (length <= LONG_URL_LIMIT) return 'over 255, where some services truncate; within 2,048'
  return 'over 255 and over 2,048, too long for many services'
}

function center(label: string, extra: number): string {
  const left = Math.floor(extra / 2)
  return '─'.repeat(left) + label + '─'.repeat(extra - left)
}
