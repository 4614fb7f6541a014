import { invalidOption } from '@hookurl/core/internal'
import { memoryUseStore, type UseStore } from '@hookurl/verify'

export interface OpenUseStore {
  readonly store: UseStore
  close(): Promise<void>
}

/**
 * Opens the use store of `listen`: LMDB in the folder of `--uses-dir`, or memory without it.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function openUseStore(folder: string | undefined): Promise<OpenUseStore> {
  if (folder === undefined) return { store: memoryUseStore(), close: async () => {} }
  const { lmdbUseStore } = await loadLmdb()
  try {
    const store = lmdbUseStore(folder)
    return { store, close: () => store.close() }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw invalidOption(`--uses-dir: cannot use the folder (${reason})`, 'Choose a writable folder.')
  }
}

async function loadLmdb(): Promise<typeof import('@hookurl/verify/lmdb')> {
  try {
    return await import('@hookurl/verify/lmdb')
  } catch (error) {
    // ERR_MODULE_NOT_FOUND when running from source, MODULE_NOT_FOUND in the bundle.
    if (!/MODULE_NOT_FOUND$/.test(String(Reflect.get(error as object, 'code')))) throw error
    throw invalidOption(
      '--uses-dir requires the lmdb package, which is not installed',
      'Install it next to hookurl (npm install lmdb@3), or leave out --uses-dir.',
    )
  }
}
