import { type Node, quote } from './nodes.ts'

/** The script for bash, from 3.2 on, which macOS has. */
export function bash(nodes: readonly Node[]): string {
  return `# bash completion of hookurl
_hookurl() {
  local word place=hookurl words=
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$place $word" in
      ${nodes
        .slice(1)
        .map(({ path }) => quote(path))
        .join('|')}) place="$place $word" ;;
    esac
  done
  case "$place $previous" in
${nodes.flatMap(toValueCases).join('\n')}
  esac
  case "$current" in
    -*)
      case "$place" in
${nodes
  .map(({ path, flags }) =>
    toCase(
      path,
      flags.flatMap(({ names }) => names),
    ),
  )
  .join('\n')}
      esac ;;
    *)
      case "$place" in
${nodes
  .map(({ path, words }) =>
    toCase(
      path,
      words.map(({ text }) => text),
    ),
  )
  .join('\n')}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _hookurl hookurl
`
}

// Where a value is free, bash's own completion of file names takes over.
function toValueCases({ path, flags }: Node): string[] {
  return flags
    .filter(({ takesValue }) => takesValue)
    .map(({ names, values }) => {
      const reply =
        values.length === 0 ? 'COMPREPLY=()' : `COMPREPLY=($(compgen -W ${quote(values.join(' '))} -- "$current"))`
      return `    ${names.map((name) => quote(`${path} ${name}`)).join('|')}) ${reply}; return ;;`
    })
}

function toCase(path: string, words: readonly string[]): string {
  return `        ${quote(path)}) words=${quote(words.join(' '))} ;;`
}
