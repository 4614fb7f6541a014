import { createMinter } from '@hookurl/core'
import { type Running, start, testKeys } from './run.ts'

/** `hookurl listen` on a port of its own. */
export interface Listening {
  readonly program: Running
  readonly base: string
}

/** Starts it, and waits until it listens. */
export async function listen(args: readonly string[], env: Record<string, string>): Promise<Listening> {
  const program = start(['listen', '--port', '0', ...args], { env: { HOOKURL_KEYS: testKeys, ...env } })
  const said = await program.says(/Listening on \S+;/)
  return { program, base: (/http:\/\/127\.0\.0\.1:\d+/.exec(said) as RegExpExecArray)[0] }
}

/** Ends it, whatever it does. */
export async function end(listening: Listening | undefined): Promise<void> {
  listening?.program.kill('SIGKILL')
  await listening?.program.ended
}

interface Minted {
  readonly allowGet?: boolean
  readonly content?: unknown
  readonly uses?: number
  readonly redirectTo?: string
}

export function mint(baseUrl: string, options: Minted = {}): string {
  const minter = createMinter({ keys: testKeys, baseUrl, expiresIn: '1d' })
  return minter.mintSync({ command: '/onWebhook', userId: 42, content: 'Did you see the cat?', ...options })
}
