import { createKeyringLoader, locateToken, openToken } from '@hookurl/core/internal'
import { parseJson } from '@hookurl/presentation/json'
import type { Settings } from './load.ts'

/** Reads the signed content of a URL whose signature is valid, with the literals of its numbers. */
export type ContentReader = (url: string) => Promise<unknown>

export function createContentReader({ keys, purpose }: Pick<Settings, 'keys' | 'purpose'>): ContentReader {
  const loadKeyring = createKeyringLoader(keys, purpose)
  return async (url) => {
    const located = locateToken(url)
    if (located.kind !== 'valid') return undefined
    const opened = await openToken(await loadKeyring(), located.segments)
    return opened.ok ? (parseJson(opened.json) as { cnt?: unknown }).cnt : undefined
  }
}
