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

/** The codes in one table. */
export function writeErrorTable(): string {
  const lines = rows.map(({ code, status, exit, title }) => {
    return `| [\`${code}\`](docs/errors.md#${code}) | ${status} | ${exit} | ${title} |`
  })
  return ['| code | status | exit | what is wrong |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

/** One section for each code: problem documents point to them. */
export function writeErrorSections(): string {
  return rows.map(writeSection).join('\n\n')
}

function writeSection({ code, status, exit, title, fix }: Row): string {
  const places = [
    status === '–' ? 'never an HTTP answer' : `HTTP status ${status}`,
    exit === '–' ? undefined : `exit code ${exit}`,
  ]
  const sentence = title.charAt(0).toUpperCase() + title.slice(1)
  return `## ${code}\n\n${sentence}. ${fix}\n\n${places.filter((place) => place !== undefined).join(' · ')}`
}
