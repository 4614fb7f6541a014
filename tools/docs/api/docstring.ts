/** A docstring, taken apart. */
export interface Docstring {
  readonly text: string
  /** The codes of the errors that it says are thrown, and what else it says of them. */
  readonly throws: string
  readonly example: string
}

/** Takes a docstring, without its stars, apart into prose, `@throws` and `@example`. */
export function readDocstring(doc: string): Docstring {
  const [text = '', ...tags] = doc.split(/^(?=@)/m)
  const contentOf = (tag: string): string[] => {
    return tags.filter((part) => part.startsWith(tag)).map((part) => part.slice(tag.length).trim())
  }
  return {
    text: unlink(text.trim()),
    throws: unlink(
      contentOf('@throws')
        .join(' ')
        .replace(/^\{HookurlError\}\s*/, ''),
    ).replace(/\s+/g, ' '),
    example: contentOf('@example').join('\n'),
  }
}

function unlink(text: string): string {
  return text.replace(/\{@link (\w+)\}/g, '`$1`')
}
