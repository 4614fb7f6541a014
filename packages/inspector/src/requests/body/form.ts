import { getMediaType } from '@hookurl/presentation/body-kind'

export type FormField = readonly [name: string, value: string | File]

/** Parses a form with the parser of the browser. Returns `undefined` if it is malformed. */
export async function parseForm(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<readonly FormField[] | undefined> {
  if (getMediaType(contentType) === 'application/x-www-form-urlencoded') {
    return [...new URLSearchParams(new TextDecoder().decode(bytes))]
  }
  try {
    const data = await new Response(bytes, { headers: { 'content-type': contentType } }).formData()
    return [...data]
  } catch {
    return undefined
  }
}
