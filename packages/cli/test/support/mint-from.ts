import { join } from 'node:path'
import { makeHome, type ProgramResult, testKeys } from './run.ts'
import { runInProcess } from './run-in-process.ts'

/** A temporary folder to run `mint --from` in. */
export interface MintFolder {
  readonly env: Record<string, string>
  readonly path: string
  /** Returns the path of a file in the folder. */
  file(name: string): string
  /** Runs `mint` in the folder. */
  mint(args: readonly string[], stdin?: string | Uint8Array): Promise<ProgramResult>
  /** Runs `mint --from -` with these rows on stdin. */
  mintFrom(stdin: string | Uint8Array, ...args: string[]): Promise<ProgramResult>
  remove(): void
}

export function makeMintFolder(): MintFolder {
  const { path, remove } = makeHome()
  const env = { HOME: path, HOOKURL_KEYS: testKeys, HOOKURL_BASE_URL: 'https://bot.example.com/h' }
  const mint = (args: readonly string[], stdin?: string | Uint8Array): Promise<ProgramResult> =>
    runInProcess(['mint', ...args], { env, stdin, cwd: path })
  return {
    env,
    path,
    file: (name) => join(path, name),
    mint,
    mintFrom: (stdin, ...args) => mint(['--from', '-', ...args], stdin),
    remove,
  }
}

/** Matches the URLs that are minted in the folder. */
export const urlPattern = 'https://bot\\.example\\.com/h/[\\w.-]+'

/** Finds the minted URLs in what `mint --from` has written. */
export function findUrls(text: string): string[] {
  return [...text.matchAll(new RegExp(urlPattern, 'g'))].map(([url]) => url)
}

/** Makes CSV whose content has quotation marks and line breaks, and two-byte characters at every offset. */
export function makeLongCsv(count: number): string {
  const start = 'ä""\n'
  const rows = Array.from({ length: count }, (_each, index) => `/a,${index},"${start}${'é'.repeat(index % 7)}"`)
  return `command,userId,content\n${rows.join('\n')}\n`
}
