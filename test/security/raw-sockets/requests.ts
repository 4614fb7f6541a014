import { mintPath } from '../../../packages/verify/test/support/fixtures.ts'

export interface RequestParts {
  readonly path?: string
  readonly method?: string
  readonly version?: string
  /** Header lines without line ends, in addition to `host` and `content-type`. */
  readonly lines?: readonly string[]
  readonly body?: string
}

export const path: string = mintPath()
/** A valid URL with an altered signature. */
export const forgedPath = `${path.slice(0, -3)}AAA`
export const hello = 'content-length: 5'
export const chunked = 'transfer-encoding: chunked'
export const close = 'connection: close'

/** Returns the bytes of a request. */
export function request({
  path: target = path,
  method = 'POST',
  version = 'HTTP/1.1',
  lines = [],
  body = '',
}: RequestParts = {}): string {
  const head = [`${method} ${target} ${version}`, 'host: localhost', 'content-type: text/plain', ...lines]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/** Returns a valid request with `text` as its payload. */
export function valid(text: string, ...lines: readonly string[]): string {
  return request({ lines: [`content-length: ${text.length}`, ...lines], body: text })
}

/** A valid request that other cases hide in the body of a request. */
export const smuggled: string = valid('smuggled', close)
