import { describe, expect, test } from 'vitest'
import { mariadbAbsence, postgresAbsence } from '../../packages/verify/test/support/sql-servers.ts'
import { sqliteAbsence } from '../../packages/verify/test/support/sql-stores.ts'
import { playCrashes } from './crashes.ts'

// `npm run test:chaos` kills a thousand of each.
const kills = 6

describe('a receiver that is killed in a transaction leaves both the use and the work, or neither', () => {
  const databases = [
    ['PostgreSQL', 'postgres', postgresAbsence],
    ['MariaDB', 'mysql', mariadbAbsence],
    ['SQLite', 'sqlite', sqliteAbsence],
  ] as const
  for (const [name, dialect, absence] of databases) {
    test(`on ${name}`, async (context) => {
      if (absence !== undefined) return context.skip(absence)
      const { interrupted, breaches } = await playCrashes(dialect, kills)
      expect(breaches).toEqual([])
      expect(interrupted).toBeGreaterThan(0)
    }, 60_000)
  }
})
