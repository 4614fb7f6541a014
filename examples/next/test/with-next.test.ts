import { testMinimalReceiver } from '../../support/minimal-receiver.ts'
import { testGuard } from './guard.ts'
import { start } from './start.ts'

const withNext = {
  absence: process.env.HOOKURL_NEXT === undefined ? 'Next is large: HOOKURL_NEXT=1 downloads and runs it' : undefined,
  start: () => start('start.ts'),
}

testMinimalReceiver({ ...withNext, name: 'next', by: 'built and started by Next' })
testGuard(withNext)
