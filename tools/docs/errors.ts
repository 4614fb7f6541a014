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

/** Makes the table of all error codes: a line for each exit code, with the HTTP statuses. */
export function generateErrorTable(): string {
  const exits = [...new Set(rows.map(({ exit }) => exit))].sort((one, other) => (one < other ? -1 : 1))
  const lines = exits.map((exit) => {
    const codes = rows.filter((row) => row.exit === exit)
    const cells = codes.map(({ code, status }) => `[\`${code}\`](#${code})${formatStatus(status)}`)
    return `| ${exit} | ${cells.join(', ')} |`
  })
  return ['| exit | code, HTTP status |', '| --- | --- |', ...lines].join('\n')
}

function formatStatus(status: string): string {
  return status === '–' ? '' : ` ${status}`
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
