/** Parses NDJSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what they know is there
export function parseJsonLines(text: string): any[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
