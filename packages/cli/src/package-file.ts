import { readFileSync } from 'node:fs'

/** A file of this package, which stands beside the folder that this one, or what it was built into, is in. */
export function readPackageFile(path: string): Buffer {
  return readFileSync(new URL(`../${path}`, import.meta.url))
}
