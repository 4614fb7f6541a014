// A text with a space in it is a sentence for a person; what it says is for reviewers, not for a mutant, to judge.
/** @type {{ kind: 'Ignore', name: string, value: { shouldIgnore(path: { node: any }): string | undefined } }} */
const words = {
  kind: 'Ignore',
  name: 'words',
  value: {
    shouldIgnore: ({ node }) => {
      const texts =
        node.type === 'StringLiteral'
          ? [node.value]
          : node.type === 'TemplateLiteral'
            ? node.quasis.map((/** @type {{ value: { raw: string } }} */ quasi) => quasi.value.raw)
            : []
      return texts.some((/** @type {string} */ text) => text.includes(' ')) ? 'words for a person' : undefined
    },
  },
}

export const strykerPlugins = [words]
