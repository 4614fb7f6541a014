import { isUtf8 } from 'node:buffer'
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { sanitizeLogLine } from '@hookurl/core/internal'
import { signalGroup, withoutHookurlEnv } from '../io/child-process.ts'
import { toJson } from '../io/escape.ts'
import type { Output } from '../io/output.ts'
import { redactReferer } from './forwarded-headers.ts'
import { getHookFields, getPayload, toJsonValue } from './hook-json.ts'
import { type HookSink, problemResponse, type SinkCall } from './hook-sink.ts'
import { createSemaphore } from './semaphore.ts'

export interface ExecOptions {
  /** A shell command. */
  readonly command: string
  readonly concurrency: number
  readonly timeoutMs: number
}

interface ExecResult {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  /** Why the program was killed. */
  readonly killed?: KillReason
}

type KillReason = 'timeout' | 'output_too_large'

/** How much a program may print, in bytes. */
const MAX_OUTPUT_SIZE = 16 * 1024 * 1024
const textType = 'text/plain; charset=utf-8'
const running = new Set<ChildProcess>()

/** Runs a program for each hook: it reads the hook as JSON from stdin, and its output is the response. */
export function createExecSink(options: ExecOptions, output: Output): HookSink {
  const limitConcurrency = createSemaphore(options.concurrency)
  process.once('exit', () => running.forEach(kill))
  return async (call) => {
    const input = await encodeHook(call)
    const result = await limitConcurrency(() => execute(options, input, output))
    if (result.killed === 'timeout') {
      output.note(`exec: killed after ${options.timeoutMs / 1000} s; raise --exec-timeout to allow more`)
      return { ending: 'may_be_done', response: problemResponse(504, 'the program did not finish in time') }
    }
    if (result.killed === 'output_too_large') {
      output.note(`exec: killed because it printed more than ${MAX_OUTPUT_SIZE} bytes`)
      return { ending: 'may_be_done', response: problemResponse(500, 'the output of the program is too large') }
    }
    if (result.exit !== 0) output.note(`exec: ended with ${result.signal ?? `exit code ${result.exit}`}`)
    return { ending: result.exit === 0 ? 'may_be_done' : 'failed', response: toResponse(result) }
  }
}

// The hook is passed only on stdin: as an argument, a shell would interpret it, and other programs could read it.
function execute({ command, timeoutMs }: ExecOptions, input: string, output: Output): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      shell: true,
      // Starts a process group, so that the programs that the shell starts are killed with it.
      detached: process.platform !== 'win32',
      env: withoutHookurlEnv(process.env),
    })
    child.on('error', (error) => {
      // After any other error, such as a failed kill, the program is still running.
      if (child.pid === undefined) reject(error)
    })
    // Without a pid, the program was not started and has no streams.
    if (child.pid === undefined) return
    running.add(child)
    const chunks: Buffer[] = []
    let size = 0
    let killed: KillReason | undefined
    const killFor = (reason: KillReason): void => {
      killed = reason
      kill(child)
      // A process that left the group can keep these open.
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const timer = setTimeout(() => killFor('timeout'), timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > MAX_OUTPUT_SIZE) killFor('output_too_large')
      else chunks.push(chunk)
    })
    createInterface({ input: child.stderr }).on('line', (line) => output.note(`exec: ${sanitizeLogLine(line)}`))
    child.on('close', (exit, signal) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ exit, signal, stdout: Buffer.concat(chunks), ...(killed === undefined ? {} : { killed }) })
    })
    // A program may exit without reading its input.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

function kill(child: ChildProcess): void {
  signalGroup(child, 'SIGKILL')
}

async function encodeHook({ hook, content }: SinkCall): Promise<string> {
  const { query, method } = hook
  const payload = await toJsonValue(getPayload(hook), 'with_content')
  const headers = Object.fromEntries(redactReferer([...hook.headers]))
  const rawBody = Buffer.from(hook.rawBody()).toString('base64')
  return `${toJson({ ...getHookFields(hook, content), payload, query, method, headers, rawBody })}\n`
}

function toResponse({ exit, stdout }: ExecResult): Response | undefined {
  const status = exit === 0 ? 200 : 500
  // Without output, the receiver sends its own response, which may be the hook's redirect.
  if (stdout.byteLength === 0) return exit === 0 ? undefined : problemResponse(status, 'the program failed')
  const headers = { 'content-type': isJson(stdout) ? 'application/json' : textType }
  return new Response(new Uint8Array(stdout), { status, headers })
}

function isJson(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false
  try {
    JSON.parse(bytes.toString('utf8'))
    return true
  } catch {
    return false
  }
}
