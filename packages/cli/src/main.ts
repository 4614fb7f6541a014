import { Command, CommanderError } from 'commander'
import { addCommonFlags, addHelp } from './io/flags.ts'
import { createOutput, type Output } from './io/output.ts'
import { toErrorReport } from './io/report-error.ts'
import { readPackageFile } from './package-file.ts'

interface CommandModule {
  define(command: Command, output: Output): void
}

interface CommandRow {
  readonly name: string
  readonly summary: string
  /** Only the command that runs is loaded. */
  load(): Promise<CommandModule>
}

const commands: readonly CommandRow[] = [
  { name: 'mint', summary: 'mint a hook URL', load: () => import('./commands/mint.ts') },
  { name: 'inspect', summary: 'read a URL or token without trusting it', load: () => import('./commands/inspect.ts') },
  { name: 'verify', summary: 'say whether a URL is ours and still good', load: () => import('./commands/verify.ts') },
  { name: 'send', summary: 'call a URL as a service or a browser does', load: () => import('./commands/send.ts') },
  { name: 'listen', summary: 'receive hooks on this machine', load: () => import('./commands/listen.ts') },
  {
    name: 'keys',
    summary: 'make keys, rotate them, show what is in a keyring',
    load: () => import('./commands/keys.ts'),
  },
  { name: 'doctor', summary: 'check what a deployment needs', load: () => import('./commands/doctor.ts') },
  { name: 'completion', summary: "print a shell's completion script", load: loadCompletion },
]

const examples = [
  'hookurl mint --command /onWebhook',
  'hookurl inspect https://bot.example.com/hooks/eyJ…',
  'hookurl verify --command /onWebhook https://bot.example.com/hooks/eyJ…',
  'hookurl send --data \'{"order":7}\' https://bot.example.com/hooks/eyJ…',
  'hookurl listen',
]

// Not awaited: the built program is required, and what is required cannot wait.
void main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', leaveQuietly)
  const output = createOutput({ json: args.includes('--json'), color: !args.includes('--no-color') })
  const row = commands.find(({ name }) => name === findName(args))
  try {
    const program = await createProgram(row === undefined ? [] : [row], output)
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' })
    output.flushNotes()
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return
    if (process.env.HOOKURL_DEBUG) console.error(error)
    const said = toErrorReport(error, row?.name)
    output.error(said)
    process.exitCode = said.exit
  }
}

async function loadCompletion(): Promise<CommandModule> {
  const { createCompletion } = await import('./commands/completion.ts')
  return createCompletion((output) => createProgram(commands, output))
}

async function createProgram(chosen: readonly CommandRow[], output: Output): Promise<Command> {
  const program = new Command('hookurl')
    .description('Mint, inspect, verify and receive hook URLs.')
    .version(readVersion(), '-V, --version', 'show the version')
    .usage('<command> [options]')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
  addHelp(program, examples)
  for (const row of commands) {
    const command = program.command(row.name).description(row.summary)
    if (chosen.includes(row)) (await row.load()).define(command, output)
    else addCommonFlags(command)
  }
  return program
}

// `hookurl help mint` is about mint.
function findName(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((arg) => !arg.startsWith('-'))
  return first === 'help' ? second : first
}

function readVersion(): string {
  return (JSON.parse(readPackageFile('package.json').toString()) as { version: string }).version
}

// Whoever reads us has had enough, as `head` does.
function leaveQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit()
}
