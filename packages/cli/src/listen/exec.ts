import { isUtf8 } from 'node:buffer'
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { ReceivedHook } from '@hookurl/verify'
import { escapeControlChars } from '../io/escape.ts'
import type { Output } from '../io/output.ts'
import { type Deliver, failure } from './hook-sink.ts'
import { pickHook } from './request-log.ts'
import { createTurns } from './semaphore.ts'

/** Which program runs for a hook, how many at once, and how long one may take. */
export interface Execution {
  readonly command: string
  readonly concurrency: number
  readonly timeoutMs: number
}

/** What came of a program. */
interface Ended {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  /** Why it was ended from here. */
  readonly killed?: 'late' | 'long'
}

const longestAnswer = 16 * 1024 * 1024
const textType = 'text/plain; charset=utf-8'
const live = new Set<ChildProcess>()

/** Runs a program for each hook, which it reads as JSON from stdin; what it prints is the answer. */
export function createExec({ command, concurrency, timeoutMs }: Execution, output: Output): Deliver {
  const takeTurn = createTurns(concurrency)
  process.once('exit', () => live.forEach(kill))
  return async ({ hook }) => {
    const input = await encode(hook)
    const ended = await takeTurn(() => run(command, { input, timeoutMs, output }))
    if (ended.killed === 'late') {
      output.note(`exec: ended after ${timeoutMs / 1000} s; --exec-timeout gives it longer`)
      return failure(504, 'the program did not end in time')
    }
    if (ended.killed === 'long') {
      output.note(`exec: ended, since it printed more than ${longestAnswer} bytes`)
      return failure(500, 'the program printed too much')
    }
    if (ended.exit !== 0) output.note(`exec: ended with ${ended.signal ?? `exit ${ended.exit}`}`)
    return toResponse(ended)
  }
}

// Nothing of the hook is in the program's arguments or environment: a shell would read it.
function run(
  command: string,
  { input, timeoutMs, output }: { input: string; timeoutMs: number; output: Output },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that what the shell starts ends with it.
    const child = spawn(command, { shell: true, detached: process.platform !== 'win32', env: withoutOurs(process.env) })
    child.on('error', reject)
    // It did not start, and has no streams then.
    if (child.pid === undefined) return
    live.add(child)
    const chunks: Buffer[] = []
    let length = 0
    let killed: Ended['killed']
    const end = (why: Ended['killed']): void => {
      killed = why
      kill(child)
      // A program that left the group may hold these open.
      child.stdout.destroy()
      child.stderr.destroy()
    }
    const timer = setTimeout(() => end('late'), timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.byteLength
      if (length > longestAnswer) end('long')
      else chunks.push(chunk)
    })
    createInterface({ input: child.stderr }).on('line', (line) => output.note(`exec: ${escapeControlChars(line)}`))
    child.on('close', (exit, signal) => {
      clearTimeout(timer)
      live.delete(child)
      resolve({ exit, signal, stdout: Buffer.concat(chunks), ...(killed === undefined ? {} : { killed }) })
    })
    // A program need not read what it is given.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

function kill(child: ChildProcess): void {
  try {
    if (child.pid === undefined || process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.toUpperCase().startsWith('HOOKURL_')))
}

async function encode(hook: ReceivedHook): Promise<string> {
  const { payload, query, method, headers } = hook
  const shown = { ...pickHook(hook), payload: await toPlain(payload), query, method, headers: toObject(headers) }
  return `${JSON.stringify(shown)}\n`
}

function toObject(headers: Headers): Record<string, string> {
  return Object.fromEntries(headers)
}

// A payload as JSON can say it: bytes in base64, files as their name, type and bytes.
async function toPlain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') }
  if (value instanceof File) {
    const base64 = Buffer.from(await value.arrayBuffer()).toString('base64')
    return { name: value.name, type: value.type, base64 }
  }
  if (Array.isArray(value)) return Promise.all(value.map(toPlain))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(async ([name, member]) => [name, await toPlain(member)] as const)
  return Object.fromEntries(await Promise.all(members))
}

function toResponse({ exit, stdout }: Ended): Response | undefined {
  const status = exit === 0 ? 200 : 500
  // A program that says nothing leaves the answer to the receiver, which may be the hook's redirect.
  if (stdout.byteLength === 0) return exit === 0 ? undefined : failure(status, 'the program failed')
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
