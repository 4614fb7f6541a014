import { build } from './build.js'

/** The command line is tested as it is installed: built, so that no test meets a stale build. */
export default async function setup(): Promise<void> {
  const problem = await build()
  if (problem !== undefined) throw new Error(problem)
}
