import { build } from './build.js'

/** The command line is tested as it is installed: built, so that no test meets a stale build. */
export default function setup(): void {
  const problem = build()
  if (problem !== undefined) throw new Error(problem)
}
