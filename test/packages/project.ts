import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { root } from '../../tools/setup/io.js'
import { type RunOptions, runIsolated } from './run-isolated.ts'

/** The version of one of this workspace's development dependencies, or of its package manager. */
export function versionOf(name: string): string {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  if (packageManager.startsWith(`${name}@`)) return packageManager.slice(name.length + 1)
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version
}

/** The other packages that the project uses. */
export const others: readonly string[] = ['express', 'zod'].map((name) => `${name}@${versionOf(name)}`)

type Files = Readonly<Record<string, string>>

/** Makes a project that uses the packages from ES modules and from CommonJS, with nothing installed yet. */
export function makeProject(folder: string, files: Files): void {
  makeFolder(folder, { ...files, 'package.json': JSON.stringify({ name: 'project', version: '1.0.0', private: true }) })
  copyFiles('project', folder)
  for (const name of ['use', 'node']) {
    const text = readFileSync(join(folder, `${name}.mjs`), 'utf8').replaceAll('.mjs', '.cjs')
    writeFileSync(join(folder, `${name}.cjs`), transformSync(text, { format: 'cjs', platform: 'node' }).code)
  }
}

/** Copies files from a folder next to this file into a project. */
export function copyFiles(name: string, folder: string): void {
  cpSync(fileURLToPath(new URL(name, import.meta.url)), folder, { recursive: true })
}

/** Makes a folder with only these files. */
export function makeFolder(folder: string, files: Files): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}

/** Runs a command that must succeed, and returns what it printed. */
export async function must(command: readonly string[], options: RunOptions): Promise<string> {
  const { ok, stdout, output } = await runIsolated(command, options)
  if (!ok) throw new Error(`${command.join(' ')}\n${output}`)
  return stdout
}

/** Runs a command whose last line must be `expected`. */
export async function mustPrint(expected: string, command: readonly string[], options: RunOptions): Promise<void> {
  const printed = await must(command, options)
  if (printed.split('\n').at(-1) !== expected) throw new Error(`${command.join(' ')} printed ${printed}`)
}
