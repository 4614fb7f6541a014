// `npm run test:fuzz -- --count N --seed S`: compares the verifier with the reference on mutated tokens.
import { parseArgs } from 'node:util'
import { chooseSeed, formatOutcomes, fuzz } from './fuzz.ts'

const options = { count: { type: 'string', default: '100000' }, seed: { type: 'string' } } as const
const { values } = parseArgs({ options })
const count = Number(values.count)
if (!Number.isInteger(count) || count < 1) throw new Error('--count must be a positive integer')
const seed = chooseSeed(values.seed ?? process.env.HOOKURL_SEED)
console.log(`${count} mutated tokens, seed ${seed}`)
const result = await fuzz({ count, seed })
console.log(`no disagreement: ${formatOutcomes(result)}`)
