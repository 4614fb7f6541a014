import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './io.js'

/**
 * Collects the licenses of the bundled packages, which must be shipped with them.
 * @param {string[]} inputs the files of the bundle
 */
export function collectLicenses(inputs) {
  const folders = inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? [])
  const licenses = [...new Set(folders)].sort().map((folder) => {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each))
    if (file === undefined) throw new Error(`${name} has no license`)
    return `${name}\n\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`
  })
  return licenses.join(`\n${'-'.repeat(72)}\n\n`)
}
