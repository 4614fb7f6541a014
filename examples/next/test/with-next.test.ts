import { testMinimalReceiver } from '../../support/minimal-receiver.ts'
import { testGuard } from './guard.ts'
import { start } from './start.ts'

testMinimalReceiver({
  name: 'next',
  by: 'built and started by Next',
  absence: process.env.HOOKURL_NEXT === undefined ? 'Next is large: HOOKURL_NEXT=1 downloads and runs it' : undefined,
  // The second start uses what the first has downloaded.
  start: async () => {
    const first = await start('start.ts')
    await first.stop()
    return start('start.ts')
  },
  testMore: testGuard,
})
