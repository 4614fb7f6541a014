import { testMinimalReceiver } from '../../support/minimal-receiver.ts'
import { start } from './start.ts'

testMinimalReceiver({
  name: 'next',
  by: 'built and started by Next',
  absence: process.env.HOOKURL_NEXT === undefined ? 'Next is large: HOOKURL_NEXT=1 downloads and runs it' : undefined,
  start: () => start('start.ts'),
})
