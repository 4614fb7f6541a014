export interface Release {
  readonly version: string
  /** The day, as in `2026-01-31`. */
  readonly date: string
}

const heading = '## Unreleased\n'

/** Moves the unreleased entries of the changelog under a heading of the version. Throws if there are none. */
export function dateChangelog(text: string, { version, date }: Release): string {
  const begin = text.indexOf(`\n${heading}`) + 1
  if (begin === 0) throw new Error('CHANGELOG.md has no section "Unreleased"')
  if (text.includes(`\n## ${version} `)) throw new Error(`CHANGELOG.md already has ${version}`)
  const after = begin + heading.length
  const end = text.indexOf('\n## ', after)
  if (text.slice(after, end === -1 ? undefined : end).trim() === '')
    throw new Error('CHANGELOG.md has no unreleased entries')
  return `${text.slice(0, after)}\n## ${version} – ${date}\n${text.slice(after)}`
}
