/** How a package runner starts this program, and the user starts it again. */
interface Runner {
  /** The beginning of `npm_config_user_agent`. */
  readonly agent: string
  /** `npm_command`; Yarn does not set it. */
  readonly command: string | undefined
  readonly programName: string
}

const runners: readonly Runner[] = [
  { agent: 'npm/', command: 'exec', programName: 'npx hookurl' },
  { agent: 'pnpm/', command: 'exec', programName: 'pnpm exec hookurl' },
  { agent: 'pnpm/', command: 'dlx', programName: 'pnpm dlx hookurl' },
  { agent: 'yarn/', command: undefined, programName: 'yarn hookurl' },
]

/** Returns how to run this program in the same way again: a package runner does not add it to the `PATH` of the shell. */
export function getProgramName(): string {
  const { npm_config_user_agent: agent = 'npm/', npm_command: command } = process.env
  return (
    runners.find((runner) => agent.startsWith(runner.agent) && command === runner.command)?.programName ?? 'hookurl'
  )
}

/** Replaces the name of this program in the commands of a fix. */
export function nameProgram(fix: string): string {
  return fix.replace(/(?<=`|\b(?:run|file|here|as in|some): |\| )hookurl(?= [a-z-])/g, getProgramName)
}
