import { testMinimalReceiver } from '../../support/minimal-receiver.ts'
import { testGuard } from './guard.ts'
import { start } from './start.ts'

const asNext = { start: () => start('test/as-next.ts') }

testMinimalReceiver({ ...asNext, name: 'next', by: 'called as Next calls it' })
testGuard(asNext)
