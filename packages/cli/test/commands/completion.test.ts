import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { explainAbsence, findProgram } from '../../../../tools/setup/programs.js'
import { run } from '../support/run.ts'

// Tests of a shell that is not here are skipped, and their name says why.
const suite = (shell: 'bash' | 'fish' | 'zsh', define: () => void): void => {
  const isThere = findProgram(shell) !== undefined
  describe.skipIf(!isThere)(isThere ? `in ${shell}` : explainAbsence(shell), define)
}
const scripts = new Map<string, string>()
beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) scripts.set(shell, (await run(['completion', shell])).stdout)
})

async function complete(line: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  const ask = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hookurl; printf "%s\\n" "${COMPREPLY[@]}"'
  const program = `source /dev/stdin <<< "$script"; ${ask}`
  const { stdout } = await promisify(execFile)('bash', ['-c', program, 'bash', ...line], {
    env: { ...process.env, script: scripts.get('bash') },
  })
  return stdout.split('\n').filter((word) => word !== '')
}

suite('bash', () => {
  test.each([
    [['m'], ['mint']],
    [['keys', 're'], ['retire']],
    [['keys', 'retire', '--f'], ['--file']],
    [
      ['mint', '--expires'],
      ['--expires-in', '--expires-at'],
    ],
    [
      ['mint', '--token-format', ''],
      ['full', 'short'],
    ],
    [['mint', '--allow-get', '--q'], ['--qr']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['--json', 'doctor', '--p'],
      ['--purpose', '--probe'],
    ],
    [['mint', '--keys-file', 'k'], []],
    [['verify', 'x'], []],
  ])('completes `hookurl %j` with %j', async (words, found) => {
    expect((await complete(['hookurl', ...words])).sort()).toStrictEqual(found.toSorted())
  })

  test('knows every command', async () => {
    const { stdout } = await run(['--help'])
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) .*\[/gm)].map(([, name]) => name)
    expect(await complete(['hookurl', ''])).toStrictEqual(expect.arrayContaining(['mint', 'help', ...listed]))
  })
})

suite('zsh', () => {
  test('is a script that zsh reads', () => {
    execFileSync('zsh', ['-n'], { input: scripts.get('zsh') })
  })
})

suite('fish', () => {
  test('completes commands, flags and their values', () => {
    const ask = (line: string): string[] =>
      execFileSync('fish', ['--no-config', '-c', `printf %s $script | source; complete -C '${line}'`], {
        env: { ...process.env, script: scripts.get('fish') },
      })
        .toString()
        .split('\n')
        .map((found) => found.split('\t')[0] as string)
    expect(ask('hookurl keys re')).toContain('retire')
    expect(ask('hookurl mint --fo')).toContain('--token-format')
    expect(ask('hookurl mint --token-format ')).toStrictEqual(expect.arrayContaining(['full', 'short']))
  })
})

test.each(['zsh', 'fish'])('the script for %s names commands, flags and what they are for', (shell) => {
  const script = scripts.get(shell) as string
  for (const text of ['hookurl keys retire', 'max-lifetime', 'full', 'mint a hook URL', "a shell'\\''s|a shell\\'s"]) {
    expect(
      text.split('|').some((each) => script.includes(each)),
      text,
    ).toBe(true)
  }
})

test('another shell is exit 2, with those that there are', async () => {
  const { stderr, exit } = await run(['completion', 'csh'])
  expect(stderr).toContain('bash, zsh, fish')
  expect(exit).toBe(2)
})
