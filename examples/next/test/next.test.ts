import { testSmallest } from '../../smallest.ts'
import { start } from './start.ts'

testSmallest({ name: 'next', by: 'called as Next calls it', start: () => start('test/as-next.ts') })
