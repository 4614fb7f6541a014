// Messages are for reviewers: a string with a space is not mutated.
/** @type {{ kind: 'Ignore', name: string, value: { shouldIgnore(path: { node: any }): string | undefined } }} */
const messages = {
  kind: 'Ignore',
  name: 'messages',
  value: {
    shouldIgnore: ({ node: { type, value, quasis = [] } }) => {
      const strings = type === 'StringLiteral' ? [value] : type === 'TemplateLiteral' ? quasis.map(getRaw) : []
      return strings.some((/** @type {string} */ string) => string.includes(' ')) ? 'a message' : undefined
    },
  },
}

/** @param {{ value: { raw: string } }} quasi */
function getRaw({ value }) {
  return value.raw
}

export const strykerPlugins = [messages]
