import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { explainAbsence, findProgram } from '../../../../tools/setup/programs.js'
import { runInProcess } from '../support/run-in-process.ts'

type Shell = 'bash' | 'fish' | 'zsh'

/** Defines tests of a shell. Where it is not installed, they are skipped, and their name says why. */
function describeShell(shell: Shell, define: () => void): void {
  const isInstalled = findProgram(shell) !== undefined
  describe.skipIf(!isInstalled)(isInstalled ? `in ${shell}` : explainAbsence(shell), define)
}

const scripts = new Map<string, string>()
beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    scripts.set(shell, (await runInProcess(['completion', shell])).stdout)
  }
})

async function completeInBash(words: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  const printReply = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hookurl; printf "%s\\n" "${COMPREPLY[@]}"'
  const program = `source /dev/stdin <<< "$script"; ${printReply}`
  const { stdout } = await promisify(execFile)('bash', ['-c', program, 'bash', ...words], {
    env: { ...process.env, script: scripts.get('bash') },
  })
  return stdout.split('\n').filter((word) => word !== '')
}

describeShell('bash', () => {
  test.each([
    [['mi'], ['mint']],
    [['keys', 're'], ['retire']],
    [['keys', 'retire', '--k'], ['--keys-file']],
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
  ])('completes `hookurl %j` with %j', async (words, completions) => {
    expect((await completeInBash(['hookurl', ...words])).sort()).toStrictEqual(completions.toSorted())
  })

  test('completes every command', async () => {
    const { stdout } = await runInProcess(['--help'])
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*\[/gm)].map(([, name]) => name)
    expect(commands).toContain('listen')
    expect(await completeInBash(['hookurl', ''])).toStrictEqual(expect.arrayContaining(['mint', 'help', ...commands]))
  })
})

describeShell('zsh', () => {
  test('the script has no syntax errors', () => {
    execFileSync('zsh', ['-n'], { input: scripts.get('zsh') })
  })
})

describeShell('fish', () => {
  function completeInFish(line: string): string[] {
    const program = `printf %s $script | source; complete -C '${line}'`
    const env = { ...process.env, script: scripts.get('fish') }
    const stdout = execFileSync('fish', ['--no-config', '-c', program], { env }).toString()
    return stdout.split('\n').map((completion) => completion.split('\t')[0] as string)
  }

  test('completes a subcommand', () => {
    expect(completeInFish('hookurl keys re')).toContain('retire')
  })

  test('completes an option', () => {
    expect(completeInFish('hookurl mint --token')).toContain('--token-format')
  })

  test('completes the value of an option', () => {
    expect(completeInFish('hookurl mint --token-format ')).toStrictEqual(expect.arrayContaining(['full', 'short']))
  })
})

test.each(['zsh', 'fish'])('the script for %s contains commands, options, values and descriptions', (shell) => {
  const script = scripts.get(shell)
  for (const text of ['hookurl keys retire', 'max-lifetime', 'full', 'mint a hook URL']) expect(script).toContain(text)
})

test.each([
  ['zsh', "a header, such as '\\''X-Event\\: opened'\\''"],
  ['fish', "a header, such as \\'X-Event: opened\\'"],
])('the script for %s escapes the quotes of a description', (shell, description) => {
  expect(scripts.get(shell)).toContain(description)
})

test('an unknown shell is exit code 2, and the error lists the known ones', async () => {
  const { stderr, exit } = await runInProcess(['completion', 'csh'])
  expect(stderr).toContain('bash, zsh, fish')
  expect(exit).toBe(2)
})
