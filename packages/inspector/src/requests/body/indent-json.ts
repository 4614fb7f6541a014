/** Indents JSON without changing its values: every number and string stays as it is written. */
export function indentJson(text: string): string {
  let depth = 0
  const newline = (): string => `\n${'  '.repeat(depth)}`
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  return tokens
    .map((token, index) => {
      const isEmpty = (token === '{' && tokens[index + 1] === '}') || (token === '[' && tokens[index + 1] === ']')
      const closesEmpty = (token === '}' && tokens[index - 1] === '{') || (token === ']' && tokens[index - 1] === '[')
      if (isEmpty || closesEmpty) return token
      if (token === '{' || token === '[') {
        depth++
        return token + newline()
      }
      if (token === '}' || token === ']') {
        depth--
        return newline() + token
      }
      if (token === ',') return token + newline()
      return token === ':' ? ': ' : token
    })
    .join('')
}
