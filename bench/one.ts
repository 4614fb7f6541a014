// Runs one benchmark, in a process of its own: what another one has warmed up would change the figures.
import { benchmarks } from './benchmarks.ts'

const benchmark = await benchmarks[process.argv[2] ?? '']?.()
if (benchmark === undefined || process.send === undefined) throw new Error('Run it by main.ts.')
const rows = await benchmark.run()
process.send(rows, () => process.disconnect())
