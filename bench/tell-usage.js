// Loaded into a program that is measured: notes what it took, memory in kilobytes and processor time in microseconds.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  writeFileSync('usage.json', JSON.stringify({ maxRSS, micros: userCPUTime + systemCPUTime }))
})
