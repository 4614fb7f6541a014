// The suite as a program of its own, for runtimes other than Node.
import process from 'node:process'
import { measureAll, report } from './run.ts'

process.exitCode = report(await measureAll()).length === 0 ? 0 : 1
