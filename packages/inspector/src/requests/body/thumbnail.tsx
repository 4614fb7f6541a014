import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { readImageSize } from './image-size.ts'

const MAX_PIXELS = 40_000_000

interface ThumbnailProps {
  readonly file: Blob
  readonly label: string
  /** The size of the box that the picture fits into, in CSS pixels. */
  readonly maxSize: number
}

/**
 * A picture, drawn on a canvas: the browser decodes raster formats only, runs nothing, and the policy of the page needs
 * no other source of images. Nothing is shown for other formats, SVG included, and for very large pictures.
 */
export function Thumbnail({ file, label, maxSize }: ThumbnailProps): JSX.Element | null {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [isShown, setIsShown] = useState(false)
  useEffect(() => {
    let isStale = false
    void decode(file, maxSize * devicePixelRatio).then((bitmap) => {
      const element = canvas.current
      if (bitmap === undefined || isStale || element === null) return
      const scale = Math.min(1 / devicePixelRatio, maxSize / bitmap.width, maxSize / bitmap.height)
      element.width = bitmap.width
      element.height = bitmap.height
      element.style.width = `${Math.round(bitmap.width * scale)}px`
      element.getContext('2d')?.drawImage(bitmap, 0, 0)
      bitmap.close()
      setIsShown(true)
    })
    return () => {
      isStale = true
    }
  }, [file, maxSize])
  return <canvas ref={canvas} class="thumbnail" role="img" aria-label={label} hidden={!isShown} />
}

async function decode(file: Blob, maxSize: number): Promise<ImageBitmap | undefined> {
  try {
    const size = readImageSize(new Uint8Array(await file.slice(0, 256 * 1024).arrayBuffer()))
    if (size === undefined || size.width * size.height > MAX_PIXELS) return undefined
    const isLarge = Math.max(size.width, size.height) > maxSize
    const resize = size.width > size.height ? { resizeWidth: maxSize } : { resizeHeight: maxSize }
    return await createImageBitmap(file, isLarge ? { ...resize, resizeQuality: 'medium' } : {})
  } catch {
    return undefined
  }
}
