/** Makes a part of a page, without line breaks at its ends. */
export type Generator = () => string | Promise<string>

interface Rewritten {
  readonly text: string
  /** How many generated parts the page has. */
  readonly count: number
  readonly problems: readonly string[]
}

const part = /<!-- generated: ([\w-]+) -->\n([\s\S]*?)<!-- \/generated -->/g
const marker = /<!-- (?:generated: [^>]*|\/generated) -->/g

/** Regenerates the generated parts of a page. */
export async function rewrite(text: string, generators: Readonly<Record<string, Generator>>): Promise<Rewritten> {
  const problems: string[] = []
  let fresh = ''
  let end = 0
  let count = 0
  for (const found of text.matchAll(part)) {
    const [all, name = ''] = found
    const generate = Object.hasOwn(generators, name) ? generators[name] : undefined
    if (generate === undefined) problems.push(`nothing generates "${name}"`)
    const body = generate === undefined ? all : `<!-- generated: ${name} -->\n${await generate()}\n<!-- /generated -->`
    fresh += text.slice(end, found.index) + body
    end = found.index + all.length
    count++
  }
  if ((text.match(marker) ?? []).length !== 2 * count) problems.push('a generated part has no beginning or no end')
  return { text: fresh + text.slice(end), count, problems }
}
