import { spawn } from 'node:child_process'
import type { Output } from '../io/output.ts'

/** What the keys of `listen` do. */
export interface KeyActions {
  /** The address of the inspector, if it is enabled. */
  readonly inspector: string | undefined
  /** Mints a URL for this receiver. */
  mintUrl(): Promise<string>
  /** Sends the last valid hook again. Resolves to whether there was one. */
  replayLast(): Promise<boolean>
  quit(): void
}

/** Whether keys can be read: both the keyboard and the log are a terminal. */
export function hasKeyboard(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/** Describes the keys for the start of `listen`. */
export function describeKeys({ inspector }: Pick<KeyActions, 'inspector'>): string {
  const open = inspector === undefined ? '' : 'o open the inspector, '
  return `Keys: ${open}c copy a new test URL, r replay the last hook, q quit`
}

/** Reads keys until the returned function is called. */
export function readKeys(actions: KeyActions, output: Output): () => void {
  const { stdin } = process
  const onData = (data: Buffer): void => {
    for (const key of data.toString('latin1')) {
      pressKey(key, actions, output).catch((error: unknown) => output.note(String(error)))
    }
  }
  stdin.setRawMode(true)
  stdin.on('data', onData)
  stdin.resume()
  return () => {
    stdin.off('data', onData)
    stdin.setRawMode(false)
    stdin.pause()
  }
}

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const CTRL_Z = '\u001a'

async function pressKey(key: string, actions: KeyActions, output: Output): Promise<void> {
  if (key === 'q' || key === CTRL_D) return actions.quit()
  // In raw mode, the terminal does not send these signals.
  if (key === CTRL_C) return void process.kill(process.pid, 'SIGINT')
  if (key === CTRL_Z && process.platform !== 'win32') return suspend()
  if (key === 'o' && actions.inspector !== undefined) return openInBrowser(actions.inspector, output)
  if (key === 'c') return copy(await actions.mintUrl(), output)
  if (key === 'r' && !(await actions.replayLast())) output.note('There is no hook to replay yet.')
}

function suspend(): void {
  const { stdin } = process
  stdin.setRawMode(false)
  process.once('SIGCONT', () => stdin.setRawMode(true))
  process.kill(process.pid, 'SIGTSTP')
}

// OSC 52: the terminal itself copies, which also works over SSH.
function copy(url: string, output: Output): void {
  process.stderr.write(`\u001b]52;c;${Buffer.from(url).toString('base64')}\u0007`)
  output.note(`Copied, if your terminal allows it: ${url}`)
}

const openers: Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

// Without a shell: the address is an argument and never interpreted.
function openInBrowser(address: string, output: Output): void {
  const [command, ...args] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true })
  child.on('error', () => output.note(`Open it in a browser: ${address}`))
  child.unref()
}
