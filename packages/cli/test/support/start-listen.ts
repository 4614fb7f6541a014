import { createMinter, type MintOptions } from '@hookurl/core'
import { type ProgramResult, type RunningProgram, start, testKeys } from './run.ts'
import { startInProcess } from './run-in-process.ts'

/** `hookurl listen` on a free port. */
export interface StartedListen {
  readonly program: RunningProgram
  readonly base: string
}

/** Starts `hookurl listen` in this process, and waits until it listens. Only one can run at a time. */
export function startListen(args: readonly string[], env: Record<string, string>): Promise<StartedListen> {
  return waitForBase(startInProcess(['listen', '--port', '0', ...args], { env: { HOOKURL_KEYS: testKeys, ...env } }))
}

/** Starts the built `hookurl listen` as a process, and waits until it listens. */
export function spawnListen(args: readonly string[], env: Record<string, string>): Promise<StartedListen> {
  return waitForBase(start(['listen', '--port', '0', ...args], { env: { HOOKURL_KEYS: testKeys, ...env } }))
}

async function waitForBase(program: RunningProgram): Promise<StartedListen> {
  const stderr = await program.waitForStderr(/Listening on \S+\. |"listening":/)
  return { program, base: (/http:\/\/127\.0\.0\.1:\d+/.exec(stderr) as RegExpExecArray)[0] }
}

/** Stops it and waits for its end. */
export async function stopListen({ program }: StartedListen): Promise<ProgramResult> {
  program.kill('SIGINT')
  return program.ended
}

/** Runs `hookurl listen` in this process while a function sends requests to it, and returns what it printed. */
export async function listenWhile(
  args: readonly string[],
  env: Record<string, string>,
  send: (base: string) => Promise<unknown>,
): Promise<ProgramResult> {
  const listen = await startListen(['--no-inspector', ...args], env)
  try {
    await send(listen.base)
  } finally {
    await stopListen(listen)
  }
  return listen.program.ended
}

/** Kills a process whatever it does, and waits for its end. */
export async function killListen(listen: StartedListen | undefined): Promise<void> {
  listen?.program.kill('SIGKILL')
  await listen?.program.ended
}

interface MintUrlOptions extends Partial<MintOptions> {
  readonly maxUrlLength?: number
}

export function mintUrl(baseUrl: string, { maxUrlLength, ...options }: MintUrlOptions = {}): string {
  const minter = createMinter({ keys: testKeys, baseUrl, expiresIn: '1d', maxUrlLength })
  return minter.mintSync({ command: '/onWebhook', userId: 42, content: 'Did you see the cat?', ...options })
}
