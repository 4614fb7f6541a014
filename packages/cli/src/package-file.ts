import { readFileSync } from 'node:fs'

/** Reads a file of this package. Both `src` and the bundle are one folder below the package's root. */
export function readPackageFile(path: string): Buffer {
  return readFileSync(new URL(`../${path}`, import.meta.url))
}
