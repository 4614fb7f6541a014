// Sets up a checkout with Node and npm alone; fast when nothing changed. --tests also installs the programs that tests
// need and npm does not have.
import { build } from './setup/build.js'
import { install } from './setup/install.js'
import { log } from './setup/io.js'
import { findNodeProblem } from './setup/node.js'
import { ensureSqliteNode } from './setup/nodes.js'
import { ensureProgram } from './setup/programs.js'

const forTests = process.argv.includes('--tests')

/** @returns {Promise<string | undefined>} what went wrong */
async function setup() {
  const problem = findNodeProblem() ?? install()
  if (problem !== undefined) return problem
  const buildProblem = await build()
  if (!forTests) return buildProblem
  // `npm test` reports it file by file, and runs everything else.
  if (buildProblem !== undefined) log('the build has errors, listed under "types"')
  ensureProgram('chromium')
  ensureProgram('redis-server')
  ensureProgram('postgres')
  ensureProgram('mariadbd')
  ensureSqliteNode()
  ensureProgram('nginx')
  ensureProgram('caddy')
  ensureProgram('haproxy')
  // Without Go for examples/other-languages: it needs half a gigabyte.
  ensureProgram('python3')
  ensureProgram('jwcrypto')
  ensureProgram('php')
  ensureProgram('ruby')
  return undefined
}

const problem = await setup()
if (problem !== undefined) {
  log(problem)
  if (forTests) console.log('0 passed, 1 failed')
  process.exitCode = 1
}
