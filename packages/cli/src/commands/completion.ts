import { Argument, type Command } from 'commander'
import { bash } from '../completion/bash.ts'
import { fish } from '../completion/fish.ts'
import { readNodes, type Writer } from '../completion/nodes.ts'
import { zsh } from '../completion/zsh.ts'
import { addHelp } from '../io/flags.ts'
import type { Output } from '../io/output.ts'

const writers: Readonly<Record<string, Writer>> = { bash, zsh, fish }

const examples = [
  'source <(hookurl completion bash)    # in ~/.bashrc',
  'source <(hookurl completion zsh)     # in ~/.zshrc, after compinit',
  'hookurl completion fish > ~/.config/fish/completions/hookurl.fish',
]

/** The command that prints completion scripts for the program that is given, with all that it has. */
export function createCompletion(loadProgram: (output: Output) => Promise<Command>): {
  define(command: Command, output: Output): void
} {
  return {
    define: (command, output) => {
      command
        .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(writers)))
        .action(async (shell: string) => {
          const write = writers[shell] as Writer
          process.stdout.write(write(readNodes(await loadProgram(output))))
        })
      addHelp(command, examples)
    },
  }
}
