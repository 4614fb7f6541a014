/**
 * Writes a file of rows as JSON, one row per line, for readable diffs. Characters that are not ASCII are escaped, because
 * some of them are invisible.
 */
export function stringifyRows(about: string, rows: readonly object[]): string {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  const json = `{\n  "about": ${JSON.stringify(about)},\n  "rows": [\n${lines}\n  ]\n}\n`
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
