import { invalidOption } from '@hookurl/core/internal'
import { memoryUseStore, type UseStore } from '@hookurl/verify'

/** Where uses are counted, and how that ends. */
export interface Uses {
  readonly store: UseStore
  close(): Promise<void>
}

/**
 * Counts uses in a folder, or without one in memory, until the program ends.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function openUses(path: string | undefined): Promise<Uses> {
  if (path === undefined) return { store: memoryUseStore(), close: async () => {} }
  const { lmdbUses } = await loadLmdb()
  try {
    const store = lmdbUses(path)
    return { store, close: () => store.close() }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw invalidOption(`--uses-dir: the folder cannot be used (${reason})`, 'Name a folder that can be written to.')
  }
}

async function loadLmdb(): Promise<typeof import('@hookurl/verify/lmdb')> {
  try {
    return await import('@hookurl/verify/lmdb')
  } catch (error) {
    // Imported from the sources, required by what is built.
    if (!/MODULE_NOT_FOUND$/.test(String(Reflect.get(error as object, 'code')))) throw error
    throw invalidOption(
      '--uses-dir needs the package lmdb, which is not installed',
      'Install it beside hookurl (npm install lmdb@3), or leave --uses-dir out to count in memory.',
    )
  }
}
