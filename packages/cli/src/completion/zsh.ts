import { type CommandNode, type Completion, quote } from './nodes.ts'

/** Formats the completion script for zsh. */
export function formatZshScript(nodes: readonly CommandNode[]): string {
  return `#compdef hookurl
_hookurl() {
  local word command=hookurl
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$command $word" in
      ${nodes
        .slice(1)
        .map(({ path }) => `(${quote(path)})`)
        .join('|')}) command="$command $word" ;;
    esac
  done
  case "$command \${words[CURRENT-1]}" in
${nodes.flatMap(formatValueCases).join('\n')}
  esac
  case "\${words[CURRENT]}" in
    -*)
      case "$command" in
${nodes
  .map(({ path, options }) =>
    formatCase(
      path,
      options.flatMap(({ names, description }) => names.map((word) => ({ word, description }))),
    ),
  )
  .join('\n')}
      esac ;;
    *)
      case "$command" in
${nodes.map(({ path, completions }) => formatCase(path, completions)).join('\n')}
      esac ;;
  esac
  if (( $#found )); then
    _describe hookurl found
  else
    _files
  fi
}
if [[ "\${funcstack[1]}" == _hookurl ]]; then
  _hookurl "$@"
else
  compdef _hookurl hookurl
fi
`
}

function formatValueCases({ path, options }: CommandNode): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ names, values }) => {
      const reply = values.length === 0 ? '_files' : `compadd -- ${values.map(quote).join(' ')}`
      return `    ${names.map((name) => `(${quote(`${path} ${name}`)})`).join('|')}) ${reply}; return ;;`
    })
}

function formatCase(path: string, completions: readonly Completion[]): string {
  return `        ${quote(path)}) found=(${completions.map(formatCompletion).join(' ')}) ;;`
}

// _describe splits at the first colon.
function formatCompletion({ word, description }: Completion): string {
  return quote(description === '' ? word : `${word}:${description.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}`)
}
