import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** A JavaScript runtime that runs the built packages. */
export interface Runtime {
  readonly name: string
  readonly engine: 'node' | 'web'
  /** The paths of its receivers, one for each way to mount a receiver in this runtime. */
  readonly receivers: readonly string[]
  /** Paths that must respond with 200 and `ok`: checks that only this runtime needs. */
  readonly extras?: readonly string[]
  /** Returns why the runtime is unavailable on this machine; `undefined` if it is available. */
  getSkipReason(): Promise<string | undefined>
  /** Starts the runtime, calls `use` with it, and stops it afterwards. */
  start<T>(use: (started: StartedRuntime) => Promise<T>): Promise<T>
}

export interface StartedRuntime {
  readonly version: string
  readonly send: SendRequest
}

/** Sends a request to the application in a runtime. */
export type SendRequest = (path: string, request: TestRequest) => Promise<TestResponse>

/** A request as plain data, because Chromium's runtime passes it into a page. */
export interface TestRequest {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface TestResponse {
  readonly status: number
  readonly location: string | null
  /** The content type. */
  readonly type: string | null
  readonly body: string
}

/** Sends requests over HTTP. `fetch` cannot act as a browser here: it always sends `Sec-Fetch-Mode: cors`. */
export function sendToOrigin(origin: string): SendRequest {
  return async (path, { method, headers, body }) => {
    const request = httpRequest(origin + path, { method, headers })
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const { statusCode = 0, headers: responseHeaders } = response
    const { location = null, 'content-type': type = null } = responseHeaders
    return { status: statusCode, location, type, body: await text(response) }
  }
}
