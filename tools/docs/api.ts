import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errorCodes } from '@hookurl/core'
import { root, run } from '../setup/io.js'

const folder = join(root, 'tools/api')
const typedoc = join(folder, 'node_modules/typedoc/bin/typedoc')
const intro = `How to use them: [minting](../minting.md), [the receiver](../receiver.md), [adapters](../adapters.md),
[single use](../single-use.md). Durations are a string with a unit (\`'30d'\`, \`'2500ms'\`) or a number of seconds; timestamps
are a \`Date\`. A type whose name ends in \`Like\` lists only what hookurl needs of a framework's own object.`

/** Makes the pages of `docs/api` from the docstrings, by path. Fails when a public name has no docstring. */
export function generateApiPages(): ReadonlyMap<string, string> {
  const out = mkdtempSync(join(tmpdir(), 'hookurl-api-'))
  try {
    const options = ['--options', join(folder, 'typedoc.config.js'), '--out', out]
    const { ok, output } = run(process.execPath, [typedoc, ...options])
    if (!ok) throw new Error(`typedoc failed\n${output}`)
    const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'))
    return new Map(
      files.sort().map((file) => toPage(file.replaceAll('\\', '/'), readFileSync(join(out, file), 'utf8'))),
    )
  } finally {
    rmSync(out, { recursive: true })
  }
}

function toPage(file: string, text: string): [path: string, page: string] {
  const path = `docs/api/${file.replace('@hookurl/', '')}`
  if (file === 'README.md') {
    const modules = text
      .match(/^- .*$/gm)
      ?.sort()
      .join('\n')
      .replaceAll('(@hookurl/', '(')
    return [path, `# API\n\n${intro}\n\n${modules}\n`]
  }
  const errors = `${'../'.repeat(path.split('/').length - 2)}errors.md`
  const body = text.replace(/^#+ Throws\n\n.*$/gm, (section) =>
    section.replace(/`(\w+)`/g, (code, name) =>
      Object.hasOwn(errorCodes, name) ? `[${code}](${errors}#${name})` : code,
    ),
  )
  const [title = '', ...rest] = body.split('\n')
  return [path, [title, '', '<!-- generated: api -->', ...rest, '<!-- /generated -->', ''].join('\n')]
}
