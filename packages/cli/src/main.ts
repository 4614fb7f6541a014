import { runProgram } from './commands/program.ts'

// Not awaited: the bundle is CommonJS, which has no top-level await.
void runProgram(process.argv.slice(2))
