export interface Release {
  readonly version: string
  /** The day, as in `2026-01-31`. */
  readonly date: string
}

const heading = '## Unreleased\n'

/** The changelog with what was unreleased under the version's own heading; throws where there is nothing to release. */
export function dateChangelog(text: string, { version, date }: Release): string {
  const begin = text.indexOf(`\n${heading}`) + 1
  if (begin === 0) throw new Error('CHANGELOG.md has no section "Unreleased"')
  if (text.includes(`\n## ${version} `)) throw new Error(`CHANGELOG.md has ${version} already`)
  const after = begin + heading.length
  const end = text.indexOf('\n## ', after)
  if (text.slice(after, end === -1 ? undefined : end).trim() === '') throw new Error('nothing is unreleased')
  return `${text.slice(0, after)}\n## ${version} – ${date}\n${text.slice(after)}`
}
