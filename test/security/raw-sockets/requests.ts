import { mintPath } from '../../../packages/verify/test/support/fixtures.ts'

/** What requests are written with. */
export interface Parts {
  readonly path?: string
  readonly method?: string
  readonly version?: string
  /** Lines of the header, without the line ends; the content type is there unless they name another one. */
  readonly lines?: readonly string[]
  readonly body?: string
}

export const path: string = mintPath()
/** A good URL as a stranger would change it. */
export const forgedPath = `${path.slice(0, -3)}AAA`
export const hello = 'content-length: 5'
export const chunked = 'transfer-encoding: chunked'
export const close = 'connection: close'

/** A request, byte for byte. */
export function request({
  path: target = path,
  method = 'POST',
  version = 'HTTP/1.1',
  lines = [],
  body = '',
}: Parts = {}): string {
  const head = [`${method} ${target} ${version}`, 'host: localhost', 'content-type: text/plain', ...lines]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/** One that is good, and whose run shows. */
export function good(text: string, ...lines: readonly string[]): string {
  return request({ lines: [`content-length: ${text.length}`, ...lines], body: text })
}

/** A good request that is hidden in what ought to be the body of another one. */
export const smuggled: string = good('smuggled', close)
