import { errorCodes } from '@hookurl/core'

interface Row {
  readonly code: string
  readonly status: string
  readonly exit: string
  readonly title: string
  readonly fix: string
}

const rows: readonly Row[] = Object.entries(errorCodes).map(([code, row]) => ({
  code,
  status: 'status' in row ? String(row.status) : '–',
  exit: 'exit' in row ? String(row.exit) : '–',
  title: row.title,
  fix: row.fix,
}))

/** Makes the table of all error codes. */
export function generateErrorTable(): string {
  const lines = rows.map(({ code, status, exit, title }) => {
    return `| [\`${code}\`](docs/errors.md#${code}) | ${status} | ${exit} | ${title} |`
  })
  return ['| code | status | exit | problem |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

/** Makes a section for each code. The `type` of a problem document links to it. */
export function generateErrorSections(): string {
  return rows.map(writeSection).join('\n\n')
}

function writeSection({ code, status, exit, title, fix }: Row): string {
  const details = [
    status === '–' ? 'never an HTTP response' : `HTTP status ${status}`,
    exit === '–' ? undefined : `exit code ${exit}`,
  ]
  const sentence = title.charAt(0).toUpperCase() + title.slice(1)
  return `## ${code}\n\n${sentence}. ${fix}\n\n${details.filter((detail) => detail !== undefined).join(' · ')}`
}
