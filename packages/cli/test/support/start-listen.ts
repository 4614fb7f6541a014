import { createMinter } from '@hookurl/core'
import { type RunningProgram, start, testKeys } from './run.ts'

/** `hookurl listen` on a port of its own. */
export interface StartedListen {
  readonly program: RunningProgram
  readonly base: string
}

/** Starts it, and waits until it listens. */
export async function startListen(args: readonly string[], env: Record<string, string>): Promise<StartedListen> {
  const program = start(['listen', '--port', '0', ...args], { env: { HOOKURL_KEYS: testKeys, ...env } })
  const said = await program.waitForStderr(/Listening on \S+;/)
  return { program, base: (/http:\/\/127\.0\.0\.1:\d+/.exec(said) as RegExpExecArray)[0] }
}

/** Ends it, whatever it does. */
export async function killListen(listening: StartedListen | undefined): Promise<void> {
  listening?.program.kill('SIGKILL')
  await listening?.program.ended
}

interface Minted {
  readonly allowGet?: boolean
  readonly content?: unknown
  readonly uses?: number
  readonly redirectTo?: string
}

export function mintUrl(baseUrl: string, options: Minted = {}): string {
  const minter = createMinter({ keys: testKeys, baseUrl, expiresIn: '1d' })
  return minter.mintSync({ command: '/onWebhook', userId: 42, content: 'Did you see the cat?', ...options })
}
