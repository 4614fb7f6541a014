import { type BodyKind, getBodyKind, getMediaType } from '@hookurl/presentation/body-kind'
import type { BodyPart } from '@hookurl/presentation/protocol'

interface SavedBody {
  readonly id: number
  readonly part: BodyPart
  readonly contentType: string | undefined
}

const extensions: Readonly<Record<BodyKind, string>> = {
  json: 'json',
  form: 'txt',
  multipart: 'bin',
  xml: 'xml',
  html: 'html',
  text: 'txt',
  image: 'bin',
  binary: 'bin',
  none: 'bin',
}
const imageType = /^image\/(png|jpeg|gif|webp|avif|bmp)$/

/** Returns a file name for a body. No part of it is chosen by the sender. */
export function getFileName({ id, part, contentType }: SavedBody): string {
  const image = imageType.exec(getMediaType(contentType))?.[1]
  const name = part === 'response-body' ? 'response' : 'request'
  return `hookurl-${name}-${id}.${image ?? extensions[getBodyKind(contentType, 1)]}`
}
