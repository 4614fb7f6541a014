// Runs one benchmark in its own process, so that code warmed up by another one does not change the figures.
import { benchmarks } from './benchmarks.ts'

const benchmark = await benchmarks[process.argv[2] ?? '']?.()
if (benchmark === undefined || process.send === undefined) throw new Error('Start this file through main.ts.')
const rows = await benchmark.run()
process.send(rows, () => process.disconnect())
