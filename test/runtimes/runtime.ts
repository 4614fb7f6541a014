import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** A place in which the built packages run. */
export interface Runtime {
  readonly name: string
  readonly engine: 'node' | 'web'
  /** The paths under which it has a receiver, one for each way to mount one there. */
  readonly receivers: readonly string[]
  /** Paths whose answer must be 200, for what only this place has. */
  readonly extras?: readonly string[]
  /** Why it cannot be had here; undefined: it can. */
  getSkipReason(): Promise<string | undefined>
  /** Starts it; `use` gets it, and it ends after that. */
  start<T>(use: (opened: StartedRuntime) => Promise<T>): Promise<T>
}

/** A place that has started. */
export interface StartedRuntime {
  readonly version: string
  readonly send: SendRequest
}

/** Sends a request to the application in a place. */
export type SendRequest = (path: string, asked: TestRequest) => Promise<TestResponse>

/** A request, as plain data: it may have to travel into a page. */
export interface TestRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface TestResponse {
  readonly status: number
  readonly location: string | null
  readonly body: string
}

/** Asks over HTTP. Not by `fetch`, which names itself in `Sec-Fetch-Mode`, so that it is never taken for a person. */
export function sendToOrigin(origin: string): SendRequest {
  return async (path, { method, headers, body }) => {
    const request = httpRequest(origin + path, { method, headers })
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const { statusCode = 0, headers: answered } = response
    return { status: statusCode, location: answered.location ?? null, body: await text(response) }
  }
}
