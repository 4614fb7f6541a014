import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './io.js'

/**
 * Returns what is wrong with this version of Node.
 * @param {string} [version]
 * @returns {string | undefined}
 */
export function findNodeProblem(version = process.versions.node) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const needed = engines.node.replace('>=', '')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number)
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined
  return `this is Node ${version}; hookurl needs ${needed} or later: https://nodejs.org`
}
