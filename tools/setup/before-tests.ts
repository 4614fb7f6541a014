import { build } from './build.js'

/** Builds the packages: the command line is tested as it is installed. */
export default async function setup(): Promise<void> {
  const problem = await build()
  if (problem !== undefined) throw new Error(problem)
}
