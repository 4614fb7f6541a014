// `npm run fuzz -- --count N --seed S`: compares the verifier's verdicts on mutated tokens with the reference's.
import { parseArgs } from 'node:util'
import { chooseSeed, fuzz, tellVerdicts } from './fuzz.ts'

const options = { count: { type: 'string', default: '100000' }, seed: { type: 'string' } } as const
const { values } = parseArgs({ options })
const count = Number(values.count)
if (!Number.isInteger(count) || count < 1) throw new Error('--count must be a whole number, 1 or more')
const seed = chooseSeed(values.seed ?? process.env.HOOKURL_SEED)
console.log(`${count} mutated tokens, seed ${seed}`)
const agreement = await fuzz({ count, seed })
console.log(`no disagreement: ${tellVerdicts(agreement)}`)
