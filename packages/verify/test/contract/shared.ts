import type { Handlers, ReceiverOptions } from '@hookurl/verify'
import { expect } from 'vitest'
import type { Ask, Reply, Send } from '../support/clients.ts'
import { command, policy } from '../support/fixtures.ts'
import type { Subject } from '../support/subjects.ts'

export const person = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8', 'sec-fetch-mode': 'navigate' }
export const program = { accept: '*/*' }

type Handler = NonNullable<Handlers['/onWebhook']>

/** A receiver of one handler, without a word on the console. */
export function receive(
  { receiver }: Subject,
  handler: Handler,
  options: Partial<ReceiverOptions> = {},
): Promise<Send> {
  return receiver({ ...policy, onError: () => {}, onError: () => {}, handlers: { [command]: handler }, ...options })
}

/** Sends one request to a handler, and gives what came back and what the handler got. */
export async function post(subject: Subject, ask: Ask, options: Partial<ReceiverOptions> = {}) {
  const calls: Parameters<Handler>[0][] = []
  const send = await receive(subject, (hook) => void calls.push(hook), options)
  const reply = await send({ method: 'POST', ...ask })
  return { reply, calls, payload: calls[0]?.payload }
}

export function expectSafe(reply: Reply): void {
  const names = ['cache-control', 'referrer-policy', 'x-content-type-options', 'x-robots-tag']
  expect(names.map(reply.header)).toEqual(['no-store', 'no-referrer', 'nosniff', 'noindex'])
}

/** A page: no script, nothing loaded, nowhere to be framed, and no token. */
export function expectPage(reply: Reply, path: string): void {
  expect(reply.header('content-type')).toBe('text/html; charset=utf-8')
  const rules = reply.header('content-security-policy') ?? ''
  expect(rules).toContain("default-src 'none'")
  expect(rules).toContain("frame-ancestors 'none'")
  expect(rules).toContain("form-action 'self' https: http:")
  expect(rules).not.toContain('script-src')
  expect(reply.text).toMatch(/^<!doctype html>.*<\/html>$/s)
  expect(reply.text).not.toMatch(/<script|javascript:|\son\w+=|https?:\/\//i)
  for (const piece of path.split(/[/?=.]/)) if (piece.length > 15) expect(reply.text).not.toContain(piece)
  expectSafe(reply)
}

/** A problem document of RFC 9457. */
export function expectProblem(reply: Reply, code: string, path: string): void {
  expect(reply.header('content-type')).toBe('application/problem+json')
  expect(reply.json()).toMatchObject({ code, status: reply.status })
  const { type, title, fix } = reply.json() as Record<string, string>
  expect(new URL(type ?? '').hash).toBe(`#${code}`)
  expect([title, fix].every((text) => typeof text === 'string' && text.length > 5)).toBe(true)
  for (const piece of path.split(/[/?=.]/)) if (piece.length > 20) expect(reply.text).not.toContain(piece)
  expectSafe(reply)
}
