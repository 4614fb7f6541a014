/** What a rotation step did to a key. A key that was `added` has never minted. */
export interface KeyRecord {
  readonly name: string
  readonly event: 'added' | 'minted until' | 'removed'
  readonly time: Date
}

const recordLine =
  /^[ \t]*# hookurl: ([\w-]{1,16}) (added|minted until|removed) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)[ \t]*$/

/** Reads what earlier steps have recorded in the comments of a keyring file. */
export function parseHistory(text: string): KeyRecord[] {
  return text.split(/\r?\n/).flatMap((line): KeyRecord[] => {
    const [, name, event, time] = recordLine.exec(line) ?? []
    if (name === undefined || time === undefined) return []
    return [{ name, event: event as KeyRecord['event'], time: new Date(time) }]
  })
}

/** Formats records as comments. */
export function formatHistory(history: readonly KeyRecord[]): string[] {
  // Whole seconds, rounded up: a key may still mint during the rest of its last second.
  const format = (time: Date): string =>
    `${new Date(Math.ceil(time.getTime() / 1000) * 1000).toISOString().slice(0, 19)}Z`
  return history.map(({ name, event, time }) => `# hookurl: ${name} ${event} ${format(time)}`)
}

/** Removes the records from a string. */
export function removeHistory(text: string): string {
  return text
    .split(/(?<=\n)/)
    .filter((line) => !recordLine.test(line.replace(/\r?\n$/, '')))
    .join('')
}

/** Finds what is recorded about a key. */
export function findRecord(
  history: readonly KeyRecord[],
  name: string,
  event: KeyRecord['event'],
): KeyRecord | undefined {
  return history.find((record) => record.name === name && record.event === event)
}
