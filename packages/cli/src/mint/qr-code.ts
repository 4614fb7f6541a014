import { HookurlError } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { encode, renderSVG } from 'uqr'
import { createFileSink, writeAtomicFile } from '../io/atomic-file.ts'
import type { Output } from '../io/output.ts'

// ISO/IEC 18004 requires a quiet zone of four modules.
const border = 4
const pixelsPerModule = 8

/**
 * Writes a URL as a QR code to a file, or draws it on stderr if `path` is undefined.
 *
 * @throws {HookurlError} `invalid_option`, `url_too_long`
 */
export async function showQrCode(url: string, path: string | undefined, output: Output): Promise<void> {
  if (path === undefined) {
    if (output.json) throw invalidOption('--qr requires -o with --json', 'Write it to a file: -o url.png.')
    drawOnTerminal(encodeModules(url), output)
    return
  }
  const image = await createImage(url, path)
  await writeAtomicFile(await createFileSink(path, '-o'), image)
}

async function createImage(url: string, path: string): Promise<string | Uint8Array> {
  const modules = encodeModules(url)
  if (/\.svg$/i.test(path)) return `${renderSVG(url, { border })}\n`
  if (/\.png$/i.test(path)) return createPng(modules)
  throw invalidOption('-o must end in .png or .svg', 'Rename the file.')
}

/** Rows of modules; true is dark. */
type Modules = readonly (readonly boolean[])[]

function encodeModules(url: string): Modules {
  try {
    return encode(url, { border }).data
  } catch {
    throw new HookurlError('url_too_long', { message: `a URL of ${url.length} characters does not fit in a QR code` })
  }
}

async function createPng(modules: Modules): Promise<Uint8Array> {
  const { PNG } = (await import('pngjs')).default
  const width = modules.length * pixelsPerModule
  const image = new PNG({ width, height: width, colorType: 0, inputColorType: 0, bitDepth: 8, inputHasAlpha: false })
  const pixels = Buffer.alloc(width * width)
  for (let y = 0; y < width; y++) {
    const row = modules[Math.floor(y / pixelsPerModule)] as readonly boolean[]
    for (let x = 0; x < width; x++) pixels[y * width + x] = row[Math.floor(x / pixelsPerModule)] === true ? 0 : 255
  }
  image.data = pixels
  return PNG.sync.write(image, { colorType: 0, inputColorType: 0, bitDepth: 8, inputHasAlpha: false })
}

// One character shows two modules, one above the other.
function drawOnTerminal(modules: Modules, output: Output): void {
  const columns = process.stderr.columns || Number.POSITIVE_INFINITY
  if (modules.length > columns) {
    const fix = `it needs ${modules.length} columns and there are ${columns}; -o url.png writes it to a file.`
    output.note(`The QR code is too wide for this terminal: ${fix}`)
    return
  }
  for (let y = 0; y < modules.length; y += 2) {
    const [upper, lower] = [modules[y] as readonly boolean[], modules[y + 1]]
    const line = upper.map((isDark, x) => getBlock(isDark, lower?.[x] === true)).join('')
    // Without colors, dark modules have the foreground color of the terminal.
    output.note(output.colorizeNote('bgWhiteBright', output.colorizeNote('black', line)))
  }
}

function getBlock(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀'
  return lower ? '▄' : ' '
}
