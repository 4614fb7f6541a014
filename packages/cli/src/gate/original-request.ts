import type { IncomingMessage } from 'node:http'
import type { IncomingRequest } from '@hookurl/verify/internal'
import { listHeaders } from '../http/client.ts'
import type { ProxyDefinition } from './proxies.ts'

/** The request that a proxy asks about, or what is wrong with the proxy's configuration. */
export type OriginalRequest =
  | { readonly ok: true; readonly request: IncomingRequest }
  | { readonly ok: false; readonly problem: string }

type HeaderResult = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string }

// RFC 9110, section 9.1: a method is a token.
const methodPattern = /^[\w!#$%&'*+.^`|~-]{1,32}$/

/**
 * Reads the original request. Its target and method are in headers that the proxy sets. A client could add its own, so
 * each must occur exactly once.
 */
export function readOriginalRequest(incoming: IncomingMessage, proxy: ProxyDefinition): OriginalRequest {
  const target = readHeader(incoming, proxy.targetHeader)
  if (!target.ok) return target
  const method = readHeader(incoming, proxy.methodHeader)
  if (!method.ok) return method
  if (!target.value.startsWith('/')) return { ok: false, problem: `the header ${proxy.targetHeader} is not a path` }
  if (!methodPattern.test(method.value))
    return { ok: false, problem: `the header ${proxy.methodHeader} is not a method` }
  return { ok: true, request: new ProxiedRequest(incoming, { target: target.value, method: method.value }) }
}

function readHeader(incoming: IncomingMessage, name: string): HeaderResult {
  const values = listHeaders(incoming).filter(([each]) => each.toLowerCase() === name.toLowerCase())
  const [first] = values
  if (first !== undefined && values.length === 1) return { ok: true, value: first[1] }
  const count = first === undefined ? 'no' : `${values.length}`
  return { ok: false, problem: `the request has ${count} header${values.length > 1 ? 's' : ''} ${name}` }
}

interface RequestLine {
  readonly target: string
  readonly method: string
}

/** A request whose headers the proxy has passed on, without its body. */
class ProxiedRequest implements IncomingRequest {
  readonly native: IncomingMessage
  readonly target: string
  readonly method: string

  constructor(incoming: IncomingMessage, { target, method }: RequestLine) {
    this.native = incoming
    this.target = target
    this.method = method
  }

  header(name: string): string | undefined {
    const value = this.native.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  get headers(): Headers {
    const headers = new Headers()
    for (const [name, value] of listHeaders(this.native)) headers.append(name, value)
    return headers
  }

  readBody(): never {
    throw new Error('a gate does not receive the body')
  }

  request(): never {
    throw new Error('a gate does not receive the body')
  }

  // The process keeps running without it.
  waitUntil(): void {}
}
