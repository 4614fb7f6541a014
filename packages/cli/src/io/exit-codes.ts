interface ExitCode {
  readonly exit: number
  readonly meaning: string
}

type ExitName =
  | 'ok'
  | 'unexpected'
  | 'usage'
  | 'invalidToken'
  | 'expired'
  | 'notAccepted'
  | 'invalidKey'
  | 'unavailable'
  | 'interrupted'

/** The exit codes of every command. Those for tokens, keys and stores match `errorCodes` in @hookurl/core. */
export const exitCodes: Readonly<Record<ExitName, ExitCode>> = {
  ok: { exit: 0, meaning: 'ok' },
  unexpected: { exit: 1, meaning: 'unexpected error' },
  usage: { exit: 2, meaning: 'usage error' },
  invalidToken: { exit: 3, meaning: 'token malformed or signature invalid' },
  expired: { exit: 4, meaning: 'expired or not yet valid' },
  notAccepted: { exit: 5, meaning: 'valid, but not accepted here' },
  invalidKey: { exit: 6, meaning: 'key missing or invalid' },
  unavailable: { exit: 7, meaning: 'network, store or output error, or a response that is not 2xx' },
  interrupted: { exit: 130, meaning: 'interrupted' },
}

/** The exit code of a program that was terminated by a signal: 128 plus the signal's number. */
export const signalExitCodes: Readonly<Record<'SIGHUP' | 'SIGINT' | 'SIGTERM', number>> = {
  SIGHUP: 129,
  SIGINT: exitCodes.interrupted.exit,
  SIGTERM: 143,
}

const helpWidth = 80

/** Lists the exit codes for the help of a command. */
export function formatExitCodes(): string {
  let line = ' '
  const lines: string[] = []
  for (const { exit, meaning } of Object.values(exitCodes)) {
    const item = ` ${exit} ${meaning}`
    if (line.length + 1 + item.length > helpWidth) {
      lines.push(line)
      line = ' '
    }
    line += line === ' ' ? item : ` ${item}`
  }
  return ['Exit codes:', ...lines, line].join('\n')
}
