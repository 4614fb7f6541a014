// Loaded into a program that is measured: notes how much memory it held at the most, in kilobytes.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  writeFileSync('usage.json', JSON.stringify({ maxRSS: process.resourceUsage().maxRSS }))
})
