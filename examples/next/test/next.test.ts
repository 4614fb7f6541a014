import { testMinimalReceiver } from '../../support/minimal-receiver.ts'
import { testGuard } from './guard.ts'
import { start } from './start.ts'

testMinimalReceiver({
  name: 'next',
  by: 'called as Next calls it',
  start: () => start('test/as-next.ts'),
  testMore: testGuard,
})
