import { Command, CommanderError } from 'commander'
import { exitCodes } from '../io/exit-codes.ts'
import { addCommonFlags, addHelp, wrapHelp } from '../io/flags.ts'
import { createOutput, exitOnStdoutError, type Output } from '../io/output.ts'
import { formatStack, nameSettings, toErrorReport } from '../io/report-error.ts'
import { writeToStdout } from '../io/stdout.ts'
import { readPackageFile } from '../package-file.ts'
import * as mint from './mint.ts'

interface CommandModule {
  define(command: Command, output: Output): void
}

interface CommandEntry {
  readonly name: string
  readonly description: string
  /** Loads the command's module. Only the command that runs is loaded. */
  load(): Promise<CommandModule>
}

const commands: readonly CommandEntry[] = [
  // Loaded at start, since it is used the most.
  { name: 'mint', description: 'mint a hook URL', load: async () => mint },
  {
    name: 'inspect',
    description: 'decode a URL or token, valid or not',
    load: () => import('./inspect.ts'),
  },
  { name: 'verify', description: 'verify a URL', load: () => import('./verify.ts') },
  {
    name: 'secret',
    description: 'print the signing secret of a URL',
    load: () => import('./secret.ts'),
  },
  { name: 'send', description: 'send a test request', load: () => import('./send.ts') },
  { name: 'listen', description: 'receive hooks on this machine', load: () => import('./listen.ts') },
  { name: 'wait', description: 'mint a URL, and wait for its call', load: () => import('./wait.ts') },
  { name: 'gate', description: 'verify hooks for nginx or Caddy', load: () => import('./gate.ts') },
  { name: 'keys', description: 'create, list and rotate keys', load: () => import('./keys.ts') },
  { name: 'uses', description: 'print the SQL for a use store', load: () => import('./uses.ts') },
  { name: 'mcp', description: 'serve coding agents over MCP', load: () => import('./mcp.ts') },
  { name: 'doctor', description: 'check your configuration', load: () => import('./doctor.ts') },
  { name: 'completion', description: 'print a completion script for your shell', load: loadCompletion },
]

const examples = [
  'hookurl mint --command /onWebhook',
  'hookurl inspect https://bot.example.com/hooks/eyJ…',
  'hookurl verify --command /onWebhook https://bot.example.com/hooks/eyJ…',
  'hookurl send --data \'{"order":7}\' https://bot.example.com/hooks/eyJ…',
  'hookurl listen',
]

/** Runs one command line, such as `['mint', '--command', '/a']`, and sets the exit code of the process. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const own = getOwnArgs(args)
  const output = createOutput({ json: own.includes('--json'), color: !own.includes('--no-color') })
  process.stdout.on('error', (error) => exitOnStdoutError(error, output))
  process.stderr.on('error', exitOnStderrError)
  const entry = commands.find(({ name }) => name === getCommandName(own))
  let flags = {}
  try {
    const program = await createProgram(entry === undefined ? [] : [entry], output)
    program.hook('preAction', (_program, command) => {
      flags = command.opts()
      warnOfConvertedPaths(own, output)
    })
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    output.flushNotes()
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return
    if (process.env.HOOKURL_DEBUG) process.stderr.write(`${formatStack(error)}\n`)
    const report = toErrorReport(nameSettings(error, flags), entry?.name)
    output.error(report)
    process.exitCode = report.exit
  }
}

// What follows `--` is not an option, such as the arguments of the program that `wait` runs.
function getOwnArgs(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end === -1 ? args : args.slice(0, end)
}

// Git Bash (MSYS2) converts arguments that look like paths before a Windows program receives them.
const convertedPath = /^[A-Za-z]:[\\/].*[\\/](?:Git|msys64|msys32|cygwin64)[\\/]/i

function warnOfConvertedPaths(args: readonly string[], output: Output): void {
  const commands = args.flatMap((arg, index) =>
    args[index - 1] === '--command' ? [arg] : arg.startsWith('--command=') ? [arg.slice('--command='.length)] : [],
  )
  if (!commands.some((command) => convertedPath.test(command))) return
  output.note(
    'Warning: Git Bash converted the value of --command to a Windows path. Set MSYS_NO_PATHCONV=1, or use a name ' +
      'that does not start with a slash.',
  )
}

async function loadCompletion(): Promise<CommandModule> {
  const { createCompletionCommand } = await import('./completion.ts')
  return createCompletionCommand((output) => createProgram(commands, output))
}

async function createProgram(loaded: readonly CommandEntry[], output: Output): Promise<Command> {
  const program = new Command('hookurl')
    .description('Mint, inspect, verify and receive hook URLs.')
    .option('-V, --version', 'show the version')
    .on('option:version', printVersion)
    .usage('<command> [options]')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => writeToStdout(wrapHelp(text)), writeErr: () => {} })
  addHelp(program, examples)
  for (const entry of commands) {
    const command = program.command(entry.name).description(entry.description)
    if (loaded.includes(entry)) (await entry.load()).define(command, output)
    else addCommonFlags(command)
  }
  return program
}

// `hookurl help mint` shows the help of mint.
function getCommandName(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'))
  return first === 'help' ? second : first
}

// The version is read only when it is printed.
function printVersion(): never {
  const { version } = JSON.parse(readPackageFile('package.json').toString()) as { version: string }
  writeToStdout(`${version}\n`)
  throw new CommanderError(exitCodes.ok.exit, 'commander.version', version)
}

// The error itself cannot be printed.
function exitOnStderrError(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? undefined : exitCodes.unavailable.exit)
}
