/** Writes a part of a page, without a line break at its ends. */
export type Generator = () => string | Promise<string>

interface Rewritten {
  readonly text: string
  /** How many generated parts the page has. */
  readonly count: number
  readonly problems: readonly string[]
}

const part = /<!-- generated: ([\w-]+) -->\n([\s\S]*?)<!-- \/generated -->/g
const marker = /<!-- (?:generated: [^>]*|\/generated) -->/g

/** Writes the generated parts of a page anew; everything else stays as it is. */
export async function rewrite(text: string, generators: Readonly<Record<string, Generator>>): Promise<Rewritten> {
  const problems: string[] = []
  let fresh = ''
  let end = 0
  let count = 0
  for (const found of text.matchAll(part)) {
    const [whole, name = ''] = found
    const generate = Object.hasOwn(generators, name) ? generators[name] : undefined
    if (generate === undefined) problems.push(`nothing generates "${name}"`)
    const body =
      generate === undefined ? whole : `<!-- generated: ${name} -->\n${await generate()}\n<!-- /generated -->`
    fresh += text.slice(end, found.index) + body
    end = found.index + whole.length
    count++
  }
  if ((text.match(marker) ?? []).length !== 2 * count) problems.push('a generated part has no beginning or no end')
  return { text: fresh + text.slice(end), count, problems }
}
