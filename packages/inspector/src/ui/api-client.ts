import { parseJson } from '@hookurl/presentation/json'
import type {
  BodyPart,
  ExportFormat,
  MintRequest,
  MintResult,
  RequestDetail,
  SearchResult,
  SendRequest,
  SendResult,
  StreamMessage,
  VerificationResult,
} from '@hookurl/presentation/protocol'

/** The name of the header and of the session storage item that hold the secret. */
const secretName = 'hookurl-inspector'
const retryMs = 1500
let secret = ''

/**
 * Takes the secret out of the URL that `listen` printed, which keeps it out of screenshots and copied URLs, or out of
 * session storage after a reload. Returns whether the URL contained one.
 */
export function takeSecret(): boolean {
  const fragment = location.hash.slice(1)
  const isSecret = fragment !== '' && !fragment.startsWith('/')
  if (isSecret) {
    sessionStorage.setItem(secretName, fragment)
    history.replaceState(null, '', '/')
  }
  secret = sessionStorage.getItem(secretName) ?? ''
  return isSecret
}

function callApi(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(path, { ...init, headers: { ...init.headers, [secretName]: secret } })
}

function postJson(path: string, body: object, signal?: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return callApi(path, { method: 'POST', headers, body: JSON.stringify(body), signal })
}

async function post<T>(path: string, body: object = {}, signal?: AbortSignal): Promise<T> {
  const response = await postJson(path, body, signal)
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as T
}

const notResponding: { readonly error: NonNullable<SendResult['error']> } = {
  error: { code: 'network', message: 'hookurl listen is not responding', fix: 'Start hookurl listen again.' },
}

export const verify = (input: string): Promise<VerificationResult> => post('/api/verify', { input })
export const clearRequests = (): Promise<object> => post('/api/clear')

/** Mints a URL. A failed connection is a result too. */
export function mint(request: MintRequest): Promise<MintResult> {
  return post<MintResult>('/api/mint', request).catch(() => notResponding)
}

/** Sends a recorded request again. A failed connection is a result too. */
export function replay(id: number): Promise<SendResult> {
  return post<SendResult>(`/api/requests/${id}/replay`).catch(() => notResponding)
}

/** Sends a request to the receiver. A failed connection is a result too. */
export function send(request: SendRequest): Promise<SendResult> {
  return post<SendResult>('/api/send', request).catch(() => notResponding)
}

/** Searches headers and bodies. */
export async function searchRequests(filter: string, signal: AbortSignal): Promise<readonly number[]> {
  return (await post<SearchResult>('/api/search', { filter }, signal)).ids
}

/** Fetches an export of the requests with these IDs. */
export async function exportRequests(format: ExportFormat, ids: readonly number[]): Promise<Blob> {
  const response = await postJson('/api/export', { format, ids })
  if (!response.ok) throw new Error(await response.text())
  return response.blob()
}

/**
 * Fetches a request, with the literals of the numbers in its content. Returns `undefined` if `listen` has dropped it.
 */
export async function fetchRequest(id: number): Promise<RequestDetail | undefined> {
  const response = await callApi(`/api/requests/${id}`)
  return response.ok ? (parseJson(await response.text()) as RequestDetail) : undefined
}

/** Fetches the bytes of a body. Returns `undefined` if `listen` has dropped them. */
export async function fetchBody(id: number, part: BodyPart): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const response = await callApi(`/api/requests/${id}/${part}`)
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
}

/** `no_secret`: the page was opened without one. `restarted`: `listen` no longer accepts the one of this page. */
export type ConnectionStatus = 'connecting' | 'live' | 'disconnected' | 'no_secret' | 'restarted'

interface StreamListener {
  onMessage(message: StreamMessage): void
  onStatus(status: ConnectionStatus): void
}

/** Follows the event stream, and reconnects until the signal is aborted. */
export async function followEvents(listener: StreamListener, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const status = await readEvents(listener, signal)
    if (signal.aborted) return
    listener.onStatus(status)
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

async function readEvents({ onMessage, onStatus }: StreamListener, signal: AbortSignal): Promise<ConnectionStatus> {
  try {
    const response = await callApi('/api/events', { signal })
    if (!response.ok || response.body === null) return secret === '' ? 'no_secret' : 'restarted'
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
