// `npm run release -- patch|minor|major|1.2.3`: sets the version of every package and its heading in the changelog. The
// release workflow builds, checks and publishes the packages from the tag. `npm run release -- jsr` writes them for JSR.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dateChangelog } from './release/changelog.ts'
import { jsrFolder, writeJsrPackages } from './release/jsr.ts'
import { root, run } from './setup/io.js'

const [wanted] = process.argv.slice(2)
const changelog = join(root, 'CHANGELOG.md')

function setVersion(bump: string): string {
  const { packageManager } = readManifest('.')
  // The first release has the version that the manifests already have.
  const options = ['-r', '--filter', './packages/*', '--no-git-checks', '--allow-same-version']
  const { ok, output } = run('npx', ['--yes', packageManager, 'version', bump, ...options])
  if (!ok) throw new Error(output)
  return readManifest('packages/core').version
}

function readManifest(folder: string): { version: string; packageManager: string } {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

if (wanted === 'jsr') {
  writeJsrPackages()
  console.log(`${jsrFolder}: publish it with \`deno publish\`, or try with \`deno publish --dry-run\``)
  process.exit()
}
if (wanted === undefined || !/^(?:patch|minor|major|\d+\.\d+\.\d+(?:-[\w.-]+)?)$/.test(wanted)) {
  console.error('Usage: npm run release -- patch|minor|major|1.2.3|jsr')
  process.exit(2)
}
try {
  const text = readFileSync(changelog, 'utf8')
  const date = new Date().toISOString().slice(0, 10)
  // Throws if there is nothing to release.
  dateChangelog(text, { version: wanted, date })
  const version = setVersion(wanted)
  writeFileSync(changelog, dateChangelog(text, { version, date }))
  console.log(`Every package is ${version}. Review the changes, then:

  git commit -am "Release ${version}" && git tag "v${version}" && git push origin HEAD "v${version}"`)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
