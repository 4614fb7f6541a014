import type { CommandNode, OptionNode } from './nodes.ts'

/** Formats the completion script for fish. */
export function formatFishScript(nodes: readonly CommandNode[]): string {
  return `# fish completion of hookurl
function __hookurl_at
    set -l command_path hookurl
    for word in (commandline -opc)[2..-1]
        switch "$command_path $word"
            case ${nodes
              .slice(1)
              .map(({ path }) => quoteForFish(path))
              .join(' ')}
                set command_path "$command_path $word"
        end
    end
    test "$command_path" = "$argv"
end
complete -c hookurl -e
${nodes.flatMap(formatNode).join('\n')}
`
}

function formatNode({ path, completions, options }: CommandNode): string[] {
  const prefix = `complete -c hookurl -n ${quoteForFish(`__hookurl_at ${path}`)}`
  return [
    ...completions.map(
      ({ word, description }) => `${prefix} -f -a ${quoteForFish(word)} -d ${quoteForFish(description)}`,
    ),
    ...options.map((option) => `${prefix} ${formatOption(option)}`),
  ]
}

function formatOption({ names, description, takesValue, values }: OptionNode): string {
  const nameFlags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const valueFlags = takesValue ? [values.length === 0 ? '-r' : `-x -a ${quoteForFish(values.join(' '))}`] : []
  return [...nameFlags, ...valueFlags, `-d ${quoteForFish(description)}`].join(' ')
}

function quoteForFish(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
