// Runs SQL with node:sqlite, for tests under a Node that does not have it. The argument is the path of the database.
// @ts-expect-error: the types of Node 20 do not have it
import { DatabaseSync } from 'node:sqlite'

const database = new DatabaseSync(/** @type {string} */ (process.argv[2]))

process.on('message', (/** @type {{ id: number, sql: string, values: (string | number)[] }} */ { id, sql, values }) => {
  try {
    process.send?.({ id, rows: database.prepare(sql).all(...values) })
  } catch (error) {
    const { message, code, errcode } = /** @type {Error & { code: string, errcode: number }} */ (error)
    process.send?.({ id, error: { message, code, errcode } })
  }
})
process.once('disconnect', () => process.exit())
