import type { Command } from 'commander'

/** A word that can stand somewhere, and what it is for. */
export interface Word {
  readonly text: string
  readonly about: string
}

export interface Flag {
  /** The ways to write it. */
  readonly names: readonly string[]
  readonly about: string
  readonly takesValue: boolean
  /** The values that it may have, where those are few. */
  readonly values: readonly string[]
}

/** A command, by its whole path, and what can follow it. */
export interface Node {
  readonly path: string
  /** Commands below it, or the values of its argument. */
  readonly words: readonly Word[]
  readonly flags: readonly Flag[]
}

/** Writes the script of one shell. */
export type Writer = (nodes: readonly Node[]) => string

/** Everything that can be written after the name of a program, from its own definitions. */
export function readNodes(program: Command, parent: string = ''): Node[] {
  const path = `${parent}${program.name()}`
  const help = program.createHelp()
  const below = help.visibleCommands(program)
  const values = program.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)
  const node: Node = {
    path,
    words: [
      ...below.map((command) => ({ text: command.name(), about: command.description() })),
      ...values.map((text) => ({ text, about: '' })),
    ],
    flags: help.visibleOptions(program).map(({ short, long, description, required, optional, argChoices = [] }) => ({
      names: [long, short].filter((name) => typeof name === 'string'),
      about: description,
      takesValue: required || optional,
      values: argChoices,
    })),
  }
  const named = program.commands.filter((command) => below.includes(command))
  return [node, ...named.flatMap((command) => readNodes(command, `${path} `))]
}

/** A text between single quotation marks, as every POSIX shell reads it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
