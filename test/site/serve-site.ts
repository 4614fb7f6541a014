import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

/** A folder that is served, and how to stop. */
export interface ServedSite {
  /** The address of the home page. */
  readonly address: string
  close(): void
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/** Serves a folder under a path as GitHub Pages does: `/x` is `x.html`, and other addresses get `404.html`. */
export async function serveSite(folder: string, base: string): Promise<ServedSite> {
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = pathname.startsWith(base) ? decodeURIComponent(pathname.slice(base.length)) : '404.html'
    const found = findFile(folder, path)
    if (found === 'folder') {
      response.writeHead(301, { location: `${pathname}/` }).end()
      return
    }
    const file = found ?? join(folder, '404.html')
    const type = types[extname(file)] ?? 'application/octet-stream'
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': type }).end(readFileSync(file))
  })
  await once(server.listen(0), 'listening')
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}${base}`,
    close: () => server.close(),
  }
}

function findFile(folder: string, path: string): string | 'folder' | undefined {
  const place = join(folder, path)
  if (!place.startsWith(folder)) return undefined
  const candidates = path === '' || path.endsWith('/') ? [join(place, 'index.html')] : [place, `${place}.html`]
  const file = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile())
  return file ?? (existsSync(place) && !path.endsWith('/') ? 'folder' : undefined)
}
