// `npm run test:limits`: what a caller can make the process hold, compared with a plain server.
import { measureBombs } from './bombs.ts'
import { compareChunkedBodies } from './chunked-bodies.ts'
import { compareWaiting } from './waiting.ts'

const results = [await measureBombs(), await compareWaiting(), await compareChunkedBodies()]
process.exitCode = results.every(Boolean) ? 0 : 1
