// Loaded into a measured process: records its peak memory, in kilobytes, when it exits.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  writeFileSync('usage.json', JSON.stringify({ maxRSS: process.resourceUsage().maxRSS }))
})
