import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Client as ModernClient } from '@modelcontextprotocol/client'
import { StdioClientTransport as ModernTransport } from '@modelcontextprotocol/client/stdio'
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { testKeys } from './run.ts'

const program = fileURLToPath(new URL('../../bin/hookurl.js', import.meta.url))

/** What tests read of a tool. */
export interface ListedTool {
  readonly name: string
  readonly description?: string | undefined
  readonly inputSchema: { readonly [name: string]: unknown }
  readonly annotations?: { readonly [name: string]: unknown } | undefined
}

/** What tests read of a result. */
export interface ToolResult {
  readonly isError: boolean
  /** The text of the result as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they know is there
  readonly json: any
  readonly structured: unknown
}

export interface CallOptions {
  readonly signal?: AbortSignal
  onprogress?(progress: { progress: number; total?: number; message?: string }): void
}

/** A client that is connected to `hookurl mcp`. */
export interface McpClient {
  readonly version: string | undefined
  readonly pid: number
  listTools(): Promise<readonly ListedTool[]>
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolResult>
  stderr(): string
  close(): Promise<void>
}

/** How a client speaks: with the handshake of the versions until 2025-11-25, or without, as of 2026-07-28. */
export type Era = 'legacy' | 'modern'

interface McpOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const info = { name: 'test', version: '1.0.0' }

/** Starts `hookurl mcp`, and connects an official client. */
export async function connectMcp(
  era: Era,
  { args = [], env = { HOOKURL_KEYS: testKeys } }: McpOptions,
): Promise<McpClient> {
  const server = {
    command: process.execPath,
    args: [program, 'mcp', ...args],
    env: { ...env },
    stderr: 'pipe' as const,
  }
  const transport = era === 'legacy' ? new LegacyTransport(server) : new ModernTransport(server)
  let stderr = ''
  transport.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const client =
    era === 'legacy'
      ? new LegacyClient(info)
      : new ModernClient(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await client.connect(transport as never)
  return {
    version: client instanceof ModernClient ? client.getNegotiatedProtocolVersion() : undefined,
    pid: transport.pid as number,
    listTools: async () => (await client.listTools()).tools,
    call: async (name, given = {}, options = {}) => {
      const params = { name, arguments: given }
      const result = (await (client instanceof LegacyClient
        ? client.callTool(params, undefined, { timeout: 60_000, ...options } as never)
        : client.callTool(params, { timeout: 60_000, ...options } as never))) as {
        content: { text: string }[]
        isError?: boolean
        structuredContent?: unknown
      }
      const { content, isError = false, structuredContent: structured } = result
      return { isError, json: JSON.parse(content[0]?.text ?? ''), structured }
    },
    stderr: () => stderr,
    close: () => client.close(),
  }
}

/** A message, as a test reads it. */
// biome-ignore lint/suspicious/noExplicitAny: tests read what they know is there
export type RawMessage = any

/** `hookurl mcp`, without a client. */
export interface RawMcp {
  /** Writes a message, or a line that is none. */
  send(message: object | string): void
  /** Resolves to the next message on stdout. */
  next(): Promise<RawMessage>
  endInput(): void
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<{ readonly exit: number | null; readonly stdout: string; readonly stderr: string }>
}

/** Starts `hookurl mcp` without a client. */
export function startMcp({ args = [], env = { HOOKURL_KEYS: testKeys } }: McpOptions = {}): RawMcp {
  const child = spawn(process.execPath, [program, 'mcp', ...args], { env: { PATH: process.env.PATH ?? '', ...env } })
  let stdout = ''
  let stderr = ''
  let read = 0
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const check of waiting) check()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    wake()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => {})
  let hasEnded = false
  const ended = new Promise<Awaited<RawMcp['ended']>>((resolve) => {
    child.on('close', (exit) => {
      hasEnded = true
      wake()
      resolve({ exit, stdout, stderr })
    })
  })
  return {
    send: (message) => child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    next: () =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const end = stdout.indexOf('\n', read)
          if (end === -1) {
            if (hasEnded) reject(new Error(`the server has ended: ${stderr}`))
            return
          }
          waiting.delete(check)
          const line = stdout.slice(read, end)
          read = end + 1
          resolve(JSON.parse(line))
        }
        waiting.add(check)
        check()
      }),
    endInput: () => child.stdin.end(),
    kill: (signal) => void child.kill(signal),
    ended,
  }
}
