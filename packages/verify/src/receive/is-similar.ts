/** Whether two names differ by at most two edits, and by at most a third of their characters, like a name and its typo. */
export function isSimilar(a: string, b: string): boolean {
  const limit = Math.min(2, Math.floor(Math.max(a.length, b.length) / 3))
  return Math.abs(a.length - b.length) <= limit && countEdits(a, b) <= limit
}

// The Levenshtein distance: how many characters have to be inserted, deleted or replaced.
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
