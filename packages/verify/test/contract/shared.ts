import type { Handlers, ReceiverOptions } from '@hookurl/verify'
import { expect } from 'vitest'
import type { SendRequest, TestRequest, TestResponse } from '../support/clients.ts'
import { command, policy } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'

export const browserHeaders = {
  accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
}
export const apiHeaders = { accept: '*/*' }

type Handler = NonNullable<Handlers['/onWebhook']>

/** Creates a receiver with one handler that writes nothing to the console. */
export function createTestReceiver(
  { receiver }: Subject,
  handler: Handler,
  options: Partial<ReceiverOptions> = {},
): Promise<SendRequest> {
  return receiver({ ...policy, onError: () => {}, handlers: { [command]: handler }, ...options })
}

/** Sends one request, and returns the response and the hooks that the handler received. */
export async function sendRequest(subject: Subject, request: TestRequest, options: Partial<ReceiverOptions> = {}) {
  const calls: Parameters<Handler>[0][] = []
  const send = await createTestReceiver(subject, (hook) => void calls.push(hook), options)
  const response = await send({ method: 'POST', ...request })
  return { response, calls, payload: calls[0]?.payload }
}

/** Expects the headers that every response has. Only those of pages have another referrer policy. */
export function expectSecurityHeaders({ header }: TestResponse, referrerPolicy: string = 'no-referrer'): void {
  expect(header('cache-control')).toBe('no-store')
  expect(header('referrer-policy')).toBe(referrerPolicy)
  expect(header('x-content-type-options')).toBe('nosniff')
  expect(header('x-robots-tag')).toBe('noindex')
}

/** Expects a page without scripts, external resources, frames, or parts of the token in `path`. */
export function expectPage(response: TestResponse, path: string): void {
  expect(response.header('content-type')).toBe('text/html; charset=utf-8')
  const policy = response.header('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toContain("form-action 'self' https: http:")
  expect(policy).not.toContain('script-src')
  expect(response.text).toMatch(/^<!doctype html>.*<\/html>$/s)
  expect(response.text).not.toMatch(/<script|javascript:|\son\w+=|https?:\/\//i)
  for (const part of path.split(/[/?=.]/)) if (part.length > 15) expect(response.text).not.toContain(part)
  expectSecurityHeaders(response, 'strict-origin')
}

/** Expects a problem document (RFC 9457) without parts of the token in `path`. */
export function expectProblem(response: TestResponse, code: string, path: string): void {
  expect(response.header('content-type')).toBe('application/problem+json')
  expect(response.json()).toMatchObject({ code, status: response.status })
  const { type, title, fix } = response.json() as Record<string, string>
  expect(new URL(type ?? '').hash).toBe(`#${code}`)
  expect(title?.length).toBeGreaterThan(5)
  expect(fix?.length).toBeGreaterThan(5)
  for (const part of path.split(/[/?=.]/)) if (part.length > 20) expect(response.text).not.toContain(part)
  expectSecurityHeaders(response)
}
