// `npm run release -- patch|minor|major|1.2.3`: gives every package the version, and the changelog its heading. What is
// published is built, checked and packed by the release workflow, from the tag.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dateChangelog } from './release/changelog.ts'
import { root, run } from './setup/io.js'

const [wanted] = process.argv.slice(2)
const changelog = join(root, 'CHANGELOG.md')

function setVersion(bump: string): string {
  const { packageManager } = readManifest('.')
  // The first release has the version that the manifests have.
  const options = ['-r', '--filter', './packages/*', '--no-git-checks', '--allow-same-version']
  const { ok, output } = run('npx', ['--yes', packageManager, 'version', bump, ...options])
  if (!ok) throw new Error(output)
  return readManifest('packages/core').version
}

function readManifest(folder: string): { version: string; packageManager: string } {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

if (wanted === undefined || !/^(?:patch|minor|major|\d+\.\d+\.\d+(?:-[\w.-]+)?)$/.test(wanted)) {
  console.error('Say what to release: npm run release -- patch, minor, major, or a version such as 1.2.3')
  process.exit(2)
}
try {
  const text = readFileSync(changelog, 'utf8')
  const date = new Date().toISOString().slice(0, 10)
  // Before anything is changed: whether there is something to release.
  dateChangelog(text, { version: wanted, date })
  const version = setVersion(wanted)
  writeFileSync(changelog, dateChangelog(text, { version, date }))
  console.log(`Every package is ${version}. Look at it, then:

  git commit -am "Release ${version}" && git tag "v${version}" && git push origin HEAD "v${version}"`)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
