import { HookurlError } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { encode, renderSVG } from 'uqr'
import { createAtomicFile } from '../io/atomic-file.ts'
import type { Output } from '../io/output.ts'

// The quiet zone that ISO/IEC 18004 asks for, in modules.
const border = 4
const pixelsPerModule = 8

interface Showing {
  /** The file to write to; without one it is drawn on stderr. */
  readonly path: string | undefined
  readonly output: Output
}

/**
 * Shows a URL as a QR code.
 *
 * @throws {HookurlError} `invalid_option`, `url_too_long`
 */
export async function showQr(url: string, { path, output }: Showing): Promise<void> {
  if (path === undefined) {
    if (output.json) throw invalidOption('--qr draws nothing with --json', 'Write it to a file: -o url.png.')
    draw(toModules(url), output)
    return
  }
  const picture = await toPicture(url, path)
  const file = await createAtomicFile(path, '-o')
  await file.write(picture)
  await file.finish()
}

async function toPicture(url: string, path: string): Promise<string | Uint8Array> {
  const modules = toModules(url)
  if (/\.svg$/i.test(path)) return `${renderSVG(url, { border })}\n`
  if (/\.png$/i.test(path)) return toPng(modules)
  throw invalidOption('-o must end in .png or .svg', 'Name the file so.')
}

type Modules = readonly (readonly boolean[])[]

function toModules(url: string): Modules {
  try {
    return encode(url, { border }).data
  } catch {
    throw new HookurlError('url_too_long', { message: `a URL of ${url.length} characters does not fit in a QR code` })
  }
}

async function toPng(modules: Modules): Promise<Uint8Array> {
  const { PNG } = (await import('pngjs')).default
  const width = modules.length * pixelsPerModule
  const picture = new PNG({ width, height: width, colorType: 0, inputColorType: 0, bitDepth: 8, inputHasAlpha: false })
  const pixels = Buffer.alloc(width * width)
  for (let y = 0; y < width; y++) {
    const row = modules[Math.floor(y / pixelsPerModule)] as readonly boolean[]
    for (let x = 0; x < width; x++) pixels[y * width + x] = row[Math.floor(x / pixelsPerModule)] === true ? 0 : 255
  }
  picture.data = pixels
  return PNG.sync.write(picture, { colorType: 0, inputColorType: 0, bitDepth: 8, inputHasAlpha: false })
}

/** Two modules a character, one above the other. */
function draw(modules: Modules, output: Output): void {
  const columns = process.stderr.columns || Number.POSITIVE_INFINITY
  if (modules.length > columns) {
    const fix = `it needs ${modules.length} columns and there are ${columns}; -o url.png writes it to a file.`
    output.note(`The QR code is too wide for this terminal: ${fix}`)
    return
  }
  for (let y = 0; y < modules.length; y += 2) {
    const [upper, lower] = [modules[y] as readonly boolean[], modules[y + 1]]
    const line = upper.map((isDark, x) => toBlock(isDark, lower?.[x] === true)).join('')
    output.note(output.colorizeNote('bgWhiteBright', output.colorizeNote('black', line)))
  }
}

// Blocks are dark where the terminal is told so; where it is not told, they are its foreground.
function toBlock(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀'
  return lower ? '▄' : ' '
}
