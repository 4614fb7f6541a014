import { setImmediate as afterEvents } from 'node:timers/promises'

/** A document of the store on the page. */
interface UseDocument {
  readonly _id: string
  readonly version: string
  readonly record: string
  readonly expiresAt: Date
}

/** The functions of a MongoDB collection that the store on the page uses. */
export interface UseCollection {
  findOne(filter: { _id: string }): Promise<UseDocument | null>
  insertOne(document: UseDocument): Promise<unknown>
  replaceOne(
    filter: { _id: string; version: string },
    replacement: Omit<UseDocument, '_id'>,
  ): Promise<{ matchedCount: number }>
}

/** Creates a collection in memory, which behaves as one on a server does: no MongoDB can be installed with npm. */
export function createUseCollection(): UseCollection {
  const documents = new Map<string, UseDocument>()
  return {
    findOne: async ({ _id }) => {
      await afterEvents()
      return structuredClone(documents.get(_id)) ?? null
    },
    insertOne: async (document) => {
      await afterEvents()
      if (documents.has(document._id)) throw Object.assign(new Error('E11000 duplicate key error'), { code: 11000 })
      documents.set(document._id, structuredClone(document))
      return { acknowledged: true, insertedId: document._id }
    },
    replaceOne: async ({ _id, version }, replacement) => {
      await afterEvents()
      if (documents.get(_id)?.version !== version) return { matchedCount: 0 }
      documents.set(_id, structuredClone({ _id, ...replacement }))
      return { matchedCount: 1 }
    },
  }
}
