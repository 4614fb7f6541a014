import { readPackageFile } from '../package-file.ts'

export interface Asset {
  readonly contentType: string
  readonly bytes: Buffer
}

const assets: Readonly<Record<string, readonly [fileName: string, contentType: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/code-editor.js': ['code-editor.js', 'text/javascript; charset=utf-8'],
  '/shared.js': ['shared.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
}

/** Finds a file of the page by its request path. */
export function findAsset(path: string): Asset | undefined {
  if (!Object.hasOwn(assets, path)) return undefined
  const [fileName, contentType] = assets[path] as readonly [string, string]
  return { contentType, bytes: readPackageFile(`inspector/${fileName}`) }
}
