import { readPackageFile } from '../package-file.ts'

export interface File {
  readonly type: string
  readonly bytes: Buffer
}

const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
}

/** A file of the page, by the path that it is asked for. */
export function findFile(path: string): File | undefined {
  if (!Object.hasOwn(files, path)) return undefined
  const [name, type] = files[path] as readonly [string, string]
  return { type, bytes: readPackageFile(`inspector/${name}`) }
}
