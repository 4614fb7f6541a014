import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { run } from '../../tools/setup/io.js'

/** A package registry on this machine: package managers publish to it and install from it. */
export interface Registry {
  readonly url: string
  /** The arguments with which npm publishes here. */
  readonly publishArgs: readonly string[]
  close(): void
}

interface Publication {
  readonly name: string
  readonly versions: Readonly<Record<string, { dist: { tarball: string } }>>
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>
}

// Older than the minimum release age of any package manager.
const published = '2026-01-01T00:00:00.000Z'

/** Returns the registry that npm uses on this machine. */
export function findUpstream(): string {
  const upstream = run('npm', ['config', 'get', 'registry', '--loglevel=error']).output
  return upstream.endsWith('/') ? upstream : `${upstream}/`
}

/** Opens an empty registry. Requests for packages that it does not have are redirected to `upstream`. */
export async function openRegistry(upstream?: string): Promise<Registry> {
  const pages = new Map<string, string>()
  const tarballs = new Map<string, Buffer>()
  let url = ''

  function store({ _attachments, ...page }: Publication): void {
    for (const [file, { data }] of Object.entries(_attachments)) tarballs.set(file, Buffer.from(data, 'base64'))
    const files = Object.keys(_attachments)
    for (const { dist } of Object.values(page.versions)) dist.tarball = `${url}-/tarballs/${files[0]}`
    const time = Object.fromEntries(
      ['created', 'modified', ...Object.keys(page.versions)].map((key) => [key, published]),
    )
    pages.set(page.name, JSON.stringify({ ...page, time }))
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', url).pathname.slice(1))
    if (request.method === 'PUT') {
      store((await json(request)) as Publication)
      response.writeHead(201, { 'content-type': 'application/json' }).end('{}')
      return
    }
    const page = pages.get(path)
    const tarball = tarballs.get(path.slice('-/tarballs/'.length))
    if (page !== undefined) response.writeHead(200, { 'content-type': 'application/json' }).end(page)
    else if (tarball !== undefined) response.writeHead(200).end(tarball)
    else if (upstream !== undefined)
      response.writeHead(302, { location: new URL(`.${request.url}`, upstream).href }).end()
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
  }

  const server = createServer((request, response) => void respond(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  url = `http://127.0.0.1:${port}/`
  // npm sends a token; this registry does not check it.
  const publishArgs = [`--registry=${url}`, `--//127.0.0.1:${port}/:_authToken=anyone`, '--access=public']
  return { url, publishArgs, close: () => server.close() }
}
