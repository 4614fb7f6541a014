import { Argument, type Command } from 'commander'
import { formatBashScript } from '../completion/bash.ts'
import { formatFishScript } from '../completion/fish.ts'
import { type CommandNode, listCommandNodes } from '../completion/nodes.ts'
import { formatZshScript } from '../completion/zsh.ts'
import { addHelp } from '../io/flags.ts'
import type { Output } from '../io/output.ts'
import { writeToStdout } from '../io/stdout.ts'

const formatters: Readonly<Record<string, (nodes: readonly CommandNode[]) => string>> = {
  bash: formatBashScript,
  zsh: formatZshScript,
  fish: formatFishScript,
}

const examples = [
  'source <(hookurl completion bash)    # in ~/.bashrc',
  'source <(hookurl completion zsh)     # in ~/.zshrc, after compinit',
  'hookurl completion fish > ~/.config/fish/completions/hookurl.fish',
]

/** Creates the command that prints completion scripts. `loadProgram` returns the program with all of its commands. */
export function createCompletionCommand(loadProgram: (output: Output) => Promise<Command>): {
  define(command: Command, output: Output): void
} {
  return {
    define: (command, output) => {
      command
        .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(formatters)))
        .action(async (shell: string) => {
          const format = formatters[shell] as (nodes: readonly CommandNode[]) => string
          writeToStdout(format(listCommandNodes(await loadProgram(output))))
        })
      addHelp(command, examples)
    },
  }
}
