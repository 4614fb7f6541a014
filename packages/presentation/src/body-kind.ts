/** What a body contains, which decides how it is shown. */
export type BodyKind = 'json' | 'form' | 'multipart' | 'xml' | 'html' | 'text' | 'image' | 'binary' | 'none'

/** Every kind, as `type:` of the filter accepts it. */
export const bodyKinds: readonly BodyKind[] = [
  'json',
  'form',
  'multipart',
  'xml',
  'html',
  'text',
  'image',
  'binary',
  'none',
]

const patterns: readonly (readonly [pattern: RegExp, kind: BodyKind])[] = [
  [/^(?:application|text)\/(?:[\w.-]+\+)?json$/, 'json'],
  [/^application\/x-www-form-urlencoded$/, 'form'],
  [/^multipart\/form-data$/, 'multipart'],
  [/^image\/svg\+xml$/, 'xml'],
  [/^image\//, 'image'],
  [/^(?:text\/xml|application\/(?:[\w.-]+\+)?xml)$/, 'xml'],
  [/^text\/html$/, 'html'],
  [/^text\//, 'text'],
  [/^application\/(?:[\w.-]+\+)?(?:x-ndjson|ndjson|jsonl|x-?yaml|yaml|x?-?csv|javascript|graphql)$/, 'text'],
]

/** Returns the kind of a body by its content type. A body without one is `text`; whether it is must be checked. */
export function getBodyKind(contentType: string | undefined, length: number): BodyKind {
  if (length === 0) return 'none'
  const mediaType = getMediaType(contentType)
  if (mediaType === '') return 'text'
  return patterns.find(([pattern]) => pattern.test(mediaType))?.[1] ?? 'binary'
}

/** Returns the media type without parameters, in lowercase. */
export function getMediaType(contentType = ''): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
