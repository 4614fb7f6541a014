import { parseJson } from '@hookurl/presentation/json'
import type {
  MintRequest,
  MintResult,
  ReplayResult,
  RequestDetail,
  StreamMessage,
  VerificationResult,
} from '@hookurl/presentation/protocol'

/** The name of the header and of the session storage item that hold the secret. */
const secretName = 'hookurl-inspector'
const secret = loadSecret()
const retryMs = 1500

/** Reads the secret from the URL that `listen` printed, or from session storage after a reload. */
function loadSecret(): string {
  const fragment = location.hash.slice(1)
  if (fragment === '') return sessionStorage.getItem(secretName) ?? ''
  sessionStorage.setItem(secretName, fragment)
  // Keep the secret out of screenshots and copied URLs.
  history.replaceState(null, '', '/')
  return fragment
}

function callApi(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(path, { ...init, headers: { ...init.headers, [secretName]: secret } })
}

async function post<T>(path: string, body: object = {}): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await callApi(path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as T
}

export const verify = (input: string): Promise<VerificationResult> => post('/api/verify', { input })
export const mint = (request: MintRequest): Promise<MintResult> => post('/api/mint', request)
export const replay = (id: number): Promise<ReplayResult> => post(`/api/requests/${id}/replay`)

/**
 * Fetches a request, with the literals of the numbers in its payload and content. Returns `undefined` if `listen` has
 * dropped it.
 */
export async function fetchRequest(id: number): Promise<RequestDetail | undefined> {
  const response = await callApi(`/api/requests/${id}`)
  return response.ok ? (parseJson(await response.text()) as RequestDetail) : undefined
}

export type ConnectionStatus = 'connecting' | 'live' | 'disconnected' | 'unauthorized'

interface StreamListener {
  onMessage(message: StreamMessage): void
  onStatus(status: ConnectionStatus): void
}

/** Follows the event stream, and reconnects for as long as the page is open. */
export async function followEvents(listener: StreamListener): Promise<never> {
  for (;;) {
    listener.onStatus(await readEvents(listener))
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

async function readEvents({ onMessage, onStatus }: StreamListener): Promise<ConnectionStatus> {
  try {
    const response = await callApi('/api/events')
    if (!response.ok || response.body === null) return 'unauthorized'
    onStatus('live')
    await readLines(response.body, (line) => onMessage(JSON.parse(line) as StreamMessage))
  } catch {
    // The connection failed or was interrupted.
  }
  return 'disconnected'
}

async function readLines(body: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest = ''
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const lines = (rest + read.value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
}
