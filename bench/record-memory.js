// Loaded into a measured process: records its peak memory, in kilobytes, and its processor time, in microseconds, when it
// exits.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  writeFileSync('usage.json', JSON.stringify(process.resourceUsage()))
})
