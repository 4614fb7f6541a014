import { decodePercentTwice, locateToken, looksLikeToken, splitQuery, splitTarget } from '@hookurl/core/internal'

/**
 * Adds the query parameters of a hook URL to the URL of an application, with their encoding unchanged. Leaves out the
 * token, and every parameter that the application could confuse with one of the URL's own.
 */
export function addQuery(url: URL, target: string): URL {
  const { path, query } = splitTarget(target)
  // Some services append `&name=value` even where the URL has no `?`.
  const [segment = '', ...appended] = path.slice(path.lastIndexOf('/') + 1).split('&')
  const fromPath = looksLikeToken(decodePercentTwice(segment).trim()) ? appended : []
  const own = new Set(splitParameters(url.search.slice(1)).map(normalizeName))
  const parts = [...fromPath, ...splitQuery(query)].filter((part) => {
    return (
      part !== '' && !hasToken(part) && !splitParameters(part).some((parameter) => own.has(normalizeName(parameter)))
    )
  })
  const result = new URL(url)
  result.search = [url.search.slice(1), ...parts].filter((part) => part !== '').join('&')
  return result
}

function hasToken(parameter: string): boolean {
  const { kind } = locateToken(`/?${parameter}`)
  return kind === 'valid' || kind === 'damaged'
}

// Some servers also split at semicolons.
function splitParameters(query: string): string[] {
  return query.split(/[&;]/).filter((part) => part !== '')
}

// Applications read `own[]` and `own[a]` as `own` (PHP, Rails, qs), `.` and spaces as `_` (PHP), and end names at a
// null byte (PHP); some ignore case (ASP.NET).
function normalizeName(parameter: string): string {
  const name = decodePercentTwice((/^[^=]*/.exec(parameter)?.[0] ?? '').replaceAll('+', ' '))
  return (/^[^[\0]*/.exec(name.trimStart())?.[0] ?? '').replace(/[. ]/g, '_').toLowerCase()
}
