import type { Flag, Node } from './nodes.ts'

/** The script for fish. */
export function fish(nodes: readonly Node[]): string {
  return `# fish completion of hookurl
function __hookurl_at
    set -l place hookurl
    for word in (commandline -opc)[2..-1]
        switch "$place $word"
            case ${nodes
              .slice(1)
              .map(({ path }) => quoteFish(path))
              .join(' ')}
                set place "$place $word"
        end
    end
    test "$place" = "$argv"
end
complete -c hookurl -e
${nodes.flatMap(toLines).join('\n')}
`
}

function toLines({ path, words, flags }: Node): string[] {
  const start = `complete -c hookurl -n ${quoteFish(`__hookurl_at ${path}`)}`
  return [
    ...words.map(({ text, about }) => `${start} -f -a ${quoteFish(text)} -d ${quoteFish(about)}`),
    ...flags.map((flag) => `${start} ${toFlag(flag)}`),
  ]
}

function toFlag({ names, about, takesValue, values }: Flag): string {
  const spelled = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const value = takesValue ? [values.length === 0 ? '-r' : `-x -a ${quoteFish(values.join(' '))}`] : []
  return [...spelled, ...value, `-d ${quoteFish(about)}`].join(' ')
}

function quoteFish(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
