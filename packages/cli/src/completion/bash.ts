import { type CommandNode, quote } from './nodes.ts'

/** Formats the completion script for bash 3.2 (macOS) and later. */
export function formatBashScript(nodes: readonly CommandNode[]): string {
  return `# bash completion of hookurl
_hookurl() {
  local word command=hookurl words=
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
      ${nodes
        .slice(1)
        .map(({ path }) => quote(path))
        .join('|')}) command="$command $word" ;;
    esac
  done
  case "$command $previous" in
${nodes.flatMap(formatValueCases).join('\n')}
  esac
  case "$current" in
    -*)
      case "$command" in
${nodes
  .map(({ path, options }) =>
    formatCase(
      path,
      options.flatMap(({ names }) => names),
    ),
  )
  .join('\n')}
      esac ;;
    *)
      case "$command" in
${nodes
  .map(({ path, completions }) =>
    formatCase(
      path,
      completions.map(({ word }) => word),
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

// An empty COMPREPLY makes bash complete file names, which is right if any value is allowed.
function formatValueCases({ path, options }: CommandNode): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ names, values }) => {
      const reply =
        values.length === 0 ? 'COMPREPLY=()' : `COMPREPLY=($(compgen -W ${quote(values.join(' '))} -- "$current"))`
      return `    ${names.map((name) => quote(`${path} ${name}`)).join('|')}) ${reply}; return ;;`
    })
}

function formatCase(path: string, words: readonly string[]): string {
  return `        ${quote(path)}) words=${quote(words.join(' '))} ;;`
}
