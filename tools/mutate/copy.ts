import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { root } from '../setup/io.js'

/**
 * Copies the checkout as it is now, uncommitted changes too, to a new folder where it may be changed at will. What is
 * installed is linked, but the workspace's own packages are those of the copy.
 */
export function copyTree(): string {
  const copy = mkdtempSync(join(realpathSync(tmpdir()), 'hookurl-copy-'))
  const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')
  for (const file of new Set(files)) {
    if (file === '' || !existsSync(join(root, file))) continue
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name))
  for (const folder of ['.', 'bench', ...packages]) linkInstalled(folder, copy)
  return copy
}

function linkInstalled(folder: string, copy: string): void {
  const from = join(root, folder, 'node_modules')
  if (!existsSync(from)) return
  mkdirSync(join(copy, folder, 'node_modules'), { recursive: true })
  for (const name of readdirSync(from).filter((each) => !each.startsWith('.'))) {
    const scoped = name.startsWith('@') && lstatSync(join(from, name)).isDirectory()
    const names = scoped ? readdirSync(join(from, name)).map((inner) => join(name, inner)) : [name]
    if (scoped) mkdirSync(join(copy, folder, 'node_modules', name), { recursive: true })
    for (const each of names) {
      const target = toCopy(realpathSync(join(from, each)), copy)
      symlinkSync(target, join(copy, folder, 'node_modules', each), 'junction')
    }
  }
}

// A package of the workspace is linked by its folder; anything else lies in node_modules.
function toCopy(target: string, copy: string): string {
  const path = relative(realpathSync(root), target)
  return path.startsWith('..') || path.split(sep).includes('node_modules') ? target : join(copy, path)
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}
