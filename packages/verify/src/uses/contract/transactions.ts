import type { SqlExecutor } from '../sql-executor.ts'
import type { UseCommit, UseTransactions } from '../store.ts'
import { expectEqual } from './expect-equal.ts'
import type { StoreFacts, StoreSubject } from './subject.ts'

/** Commits in transactions of the application. */
export const transactionFacts: StoreFacts = {
  'a use is committed when its transaction is committed': async (subject) => {
    const use = await reserveUse(subject)
    expectEqual(await commitInTransaction(subject, use, 'COMMIT'), true, 'the commit in the transaction')
    expectEqual(await isCommitted(subject), true, 'isCommitted afterwards')
    await subject.expectReserve('b', 'duplicate', { deliveryId: 'id:1' })
    await subject.release('a')
    await subject.expectReserve('b', 'already_used')
  },

  'a use is still reserved when its transaction is rolled back, and can be committed in another': async (subject) => {
    const use = await reserveUse(subject)
    expectEqual(await commitInTransaction(subject, use, 'ROLLBACK'), true, 'the commit in the first transaction')
    expectEqual(await isCommitted(subject), false, 'isCommitted after the rollback')
    await subject.expectReserve('b', 'in_progress')
    expectEqual(await commitInTransaction(subject, use, 'COMMIT'), true, 'the commit in the second transaction')
    expectEqual(await isCommitted(subject), true, 'isCommitted after the second transaction')
  },

  'a use that its owner has lost is not committed in a transaction': async (subject) => {
    const use = await reserveUse(subject)
    await subject.release('a')
    await subject.expectReserve('b', 'reserved')
    expectEqual(await commitInTransaction(subject, use, 'COMMIT'), false, 'the commit in the transaction')
    expectEqual(await isCommitted(subject), false, 'isCommitted of a')
    await subject.expectReserve('c', 'in_progress')
    expectEqual(await subject.commit('b'), true, 'the commit of b')
  },
}

async function reserveUse(subject: StoreSubject): Promise<UseCommit> {
  await subject.expectReserve('a', 'reserved', { deliveryId: 'id:1' })
  return { id: subject.id, owner: 'a', deliveryId: 'id:1' }
}

async function commitInTransaction(
  { store, execute }: StoreSubject,
  use: UseCommit,
  end: 'COMMIT' | 'ROLLBACK',
): Promise<boolean> {
  const { commit, commitSync } = getTransactions(store.transactions)
  const run = execute as SqlExecutor
  await run('BEGIN', [])
  const isOwner = commit === undefined ? commitSync?.(run, use) : await commit(run, use)
  await run(end, [])
  return isOwner === true
}

function isCommitted({ id, store }: StoreSubject): Promise<boolean> {
  return getTransactions(store.transactions).isCommitted(id, 'a')
}

function getTransactions(transactions: UseTransactions | undefined): UseTransactions {
  if (transactions === undefined) throw new Error('the store has no transactions')
  return transactions
}
