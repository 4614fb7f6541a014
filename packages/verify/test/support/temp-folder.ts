import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Creates a temporary folder. */
export function createTempFolder(): { path: string; remove(): void; files(): string[] } {
  const path = mkdtempSync(join(tmpdir(), 'hookurl-uses-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }), files: () => readdirSync(path) }
}
