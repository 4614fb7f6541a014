import type { Detail, Event, Minted, MintOrder, Replayed, Verdict } from '@hookurl/presentation/protocol'

const place = 'hookurl-inspector'

/** The secret of this run: out of the address that `listen` printed, and kept for a reload of this tab. */
const secret = takeSecret()

function takeSecret(): string {
  const given = location.hash.slice(1)
  if (given === '') return sessionStorage.getItem(place) ?? ''
  sessionStorage.setItem(place, given)
  // So that it is not in a screenshot or a shared address.
  history.replaceState(null, '', '/')
  return given
}

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(path, { ...init, headers: { ...init.headers, [place]: secret } })
}

async function ask<T>(path: string, question?: object): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await call(path, { method: 'POST', headers, body: JSON.stringify(question ?? {}) })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as T
}

export const askVerdict = (text: string): Promise<Verdict> => ask('/api/verify', { text })
export const askToMint = (order: MintOrder): Promise<Minted> => ask('/api/mint', order)
export const askToReplay = (id: number): Promise<Replayed> => ask(`/api/entries/${id}/replay`)

/** All of one entry; undefined where it is no longer kept. */
export async function fetchDetail(id: number): Promise<Detail | undefined> {
  const response = await call(`/api/entries/${id}`)
  return response.ok ? ((await response.json()) as Detail) : undefined
}

/** How the connection to `listen` stands. */
export type Link = 'connecting' | 'live' | 'lost' | 'locked'

const retryMs = 1500

/** Hears of everything that arrives, for as long as the page is open. */
export async function follow(hear: (event: Event) => void, tell: (link: Link) => void): Promise<never> {
  for (;;) {
    try {
      const response = await call('/api/events')
      tell(response.ok ? 'live' : 'locked')
      if (response.ok && response.body !== null) await readLines(response.body, hear)
    } catch {
      // It is said below, and tried again.
    }
    tell(secret === '' ? 'locked' : 'lost')
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

async function readLines(body: ReadableStream<Uint8Array>, hear: (event: Event) => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest = ''
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) hear(JSON.parse(line) as Event)
  }
}
