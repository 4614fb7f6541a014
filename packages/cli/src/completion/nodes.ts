import type { Command } from 'commander'

/** A word that can be completed, with its description. */
export interface Completion {
  readonly word: string
  readonly description: string
}

/** An option of a command. */
export interface OptionNode {
  /** The long name, then the short one, if there is one. */
  readonly names: readonly string[]
  readonly description: string
  readonly takesValue: boolean
  /** The allowed values; empty if any value is allowed. */
  readonly values: readonly string[]
}

/** A command, by its full path, and what can follow it. */
export interface CommandNode {
  readonly path: string
  /** Subcommands, or the allowed values of its argument. */
  readonly completions: readonly Completion[]
  readonly options: readonly OptionNode[]
}

/** Lists a program and all of its subcommands, from their commander definitions. */
export function listCommandNodes(program: Command, parentPath: string = ''): CommandNode[] {
  const path = `${parentPath}${program.name()}`
  const help = program.createHelp()
  const subcommands = help.visibleCommands(program)
  const values = program.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)
  const node: CommandNode = {
    path,
    completions: [
      ...subcommands.map((command) => ({ word: command.name(), description: command.description() })),
      ...values.map((word) => ({ word, description: '' })),
    ],
    options: help.visibleOptions(program).map(({ short, long, description, required, optional, argChoices = [] }) => ({
      names: [long, short].filter((name) => typeof name === 'string'),
      description,
      takesValue: required || optional,
      values: argChoices,
    })),
  }
  // `help` is visible but not among the program's own commands.
  const ownSubcommands = program.commands.filter((command) => subcommands.includes(command))
  return [node, ...ownSubcommands.flatMap((command) => listCommandNodes(command, `${path} `))]
}

/** Quotes a string in single quotes, for POSIX shells. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
