// Makes a fresh checkout usable with nothing but Node and npm; quick when there is nothing to do.
// With --tests it also sees to the programs that tests drive and npm does not bring.
import { build } from './setup/build.js'
import { install } from './setup/install.js'
import { say } from './setup/io.js'
import { findNodeProblem } from './setup/node.js'
import { provide } from './setup/programs.js'

const forTests = process.argv.includes('--tests')

/** @returns {Promise<string | undefined>} what went wrong */
async function setUp() {
  const problem = findNodeProblem() ?? install()
  if (problem !== undefined) return problem
  const buildProblem = await build()
  if (!forTests) return buildProblem
  // The checks report it again, file by file, and still run everything else.
  if (buildProblem !== undefined) say('the build has errors: see the types below')
  provide('chromium')
  provide('redis-server')
  provide('nginx')
  // Of the languages of examples/other-languages, Go is not among these: it takes half a gigabyte.
  provide('python3')
  provide('php')
  provide('ruby')
  return undefined
}

const problem = await setUp()
if (problem !== undefined) {
  say(problem)
  if (forTests) console.log('0 passed, 1 failed')
  process.exitCode = 1
}
