import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Page {
  readonly html: string
  readonly anchors: ReadonlySet<string>
}

const hrefs = /<a\s[^>]*?\bhref="([^"]*)"/g
const ids = /\b(?:id|name)="([^"]*)"/g
// What the tests of the documentation read.
const markers = /<!--\s*(?:run|serve|module|shown|scaffold|generated|\/generated)\b/

/** Checks every link of a built site, and that nothing of the comments in the sources is left. Returns what it checked. */
export function checkLinks(folder: string, base: string): string {
  const pages = readPages(folder, base)
  const problems: string[] = []
  let count = 0
  for (const [address, { html }] of pages) {
    if (markers.test(html)) problems.push(`${address} has a marker`)
    for (const [, href = ''] of html.matchAll(hrefs)) {
      count += 1
      const problem = findProblem(pages, new URL(decode(href), `http://localhost${address}`), base)
      if (problem !== undefined) problems.push(`${address}: ${href} ${problem}`)
    }
  }
  if (problems.length > 0) throw new Error([...new Set(problems)].join('\n'))
  return `${count} links in ${pages.size} pages`
}

function findProblem(pages: ReadonlyMap<string, Page>, url: URL, base: string): string | undefined {
  if (url.host !== 'localhost') return url.protocol === 'https:' ? undefined : 'is not https'
  if (!url.pathname.startsWith(base)) return 'is outside of the site'
  const page = pages.get(url.pathname)
  if (page === undefined) return 'does not exist'
  const anchor = decodeURIComponent(url.hash.slice(1))
  return anchor === '' || page.anchors.has(anchor) ? undefined : 'has no such anchor'
}

function readPages(folder: string, base: string): Map<string, Page> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'))
  return new Map(
    files
      .filter((file) => file.endsWith('.html'))
      .map((file): [string, Page] => {
        const html = readFileSync(join(folder, file), 'utf8')
        const anchors = new Set([...html.matchAll(ids)].map(([, id = '']) => decode(id)))
        // The debugger is linked to with its extension, so that its address is the same for each server.
        const address = file === 'debugger.html' ? file : file.replace(/(?:^|(?<=\/))index\.html$|\.html$/, '')
        return [`${base}${address}`, { html, anchors }]
      }),
  )
}

function decode(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<')
}
