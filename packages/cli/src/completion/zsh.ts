import { type Node, quote, type Word } from './nodes.ts'

/** The script for zsh. */
export function zsh(nodes: readonly Node[]): string {
  return `#compdef hookurl
_hookurl() {
  local word place=hookurl
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place $word" in
      ${nodes
        .slice(1)
        .map(({ path }) => `(${quote(path)})`)
        .join('|')}) place="$place $word" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${nodes.flatMap(toValueCases).join('\n')}
  esac
  case "\${words[CURRENT]}" in
    -*)
      case "$place" in
${nodes
  .map(({ path, flags }) =>
    toCase(
      path,
      flags.flatMap(({ names, about }) => names.map((text) => ({ text, about }))),
    ),
  )
  .join('\n')}
      esac ;;
    *)
      case "$place" in
${nodes.map(({ path, words }) => toCase(path, words)).join('\n')}
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

function toValueCases({ path, flags }: Node): string[] {
  return flags
    .filter(({ takesValue }) => takesValue)
    .map(({ names, values }) => {
      const reply = values.length === 0 ? '_files' : `compadd -- ${values.map(quote).join(' ')}`
      return `    ${names.map((name) => `(${quote(`${path} ${name}`)})`).join('|')}) ${reply}; return ;;`
    })
}

function toCase(path: string, words: readonly Word[]): string {
  return `        (${quote(path)}) found=(${words.map(toPair).join(' ')}) ;;`
}

// _describe splits at the first colon.
function toPair({ text, about }: Word): string {
  return quote(about === '' ? text : `${text}:${about.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}`)
}
