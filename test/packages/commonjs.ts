import { join } from 'node:path'
import { downloadNode, oldestNode } from '../../tools/setup/nodes.js'
import { fetchProgram } from './fetched.ts'
import { copyFiles, makeFolder, makeProject, must, others, versionOf } from './project.ts'
import type { Registry } from './registry.ts'
import { type CheckResult, type Row, toRow } from './row.ts'
import { runIsolated } from './run-isolated.ts'

interface Published {
  /** A project with the packages installed. */
  readonly project: string
  /** Where new projects are made. */
  readonly folder: string
  readonly registry: Registry
}

// Jest 29 cannot load ES modules at all; ts-jest 29 supports both.
const jests = [
  { jest: '29.7.0', typescript: '5.4.5' },
  { jest: '30.5.2', typescript: '5.9.3' },
] as const
// Nest 12 has only ES modules: test/frameworks.
const nests = ['10', '11'] as const
const tsJest = '29.4.15'
const install = ['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error']
const packages = ['@hookurl/core', '@hookurl/verify']

/** Uses the packages from CommonJS: on the oldest Node, in Jest, and in Nest applications. */
export async function checkCommonJs({ project, folder, registry }: Published): Promise<Row[]> {
  const rows = [await toRow(`required by Node ${oldestNode}`, () => requireOnOldestNode(project))]
  const npmrc = `registry=${registry.url}\n`
  for (const versions of jests) {
    const name = `Jest ${versions.jest.split('.')[0]}, ts-jest`
    rows.push(await toRow(name, () => runJest(join(folder, `jest-${versions.jest}`), { npmrc, ...versions })))
  }
  for (const version of nests) {
    rows.push(await toRow(`Nest ${version}, npm run test:e2e`, () => runNest(folder, { npmrc, version })))
  }
  return rows
}

async function requireOnOldestNode(cwd: string): Promise<CheckResult> {
  const found = downloadNode(oldestNode)
  if ('absence' in found) return found
  // Node does not warn about ES modules that a package in node_modules requires, so requiring any is an error here.
  const options = ['--throw-deprecation', '--trace-warnings', '--no-experimental-require-module']
  const { output } = await runIsolated([found.program, ...options, 'node.cjs'], { cwd })
  if (output !== 'works') throw new Error(`node.cjs printed ${output}`)
  return 'without a warning, and without an ES module'
}

interface JestOptions {
  readonly npmrc: string
  readonly jest: string
  readonly typescript: string
}

async function runJest(cwd: string, { npmrc, jest, typescript }: JestOptions): Promise<string> {
  makeProject(cwd, { '.npmrc': npmrc })
  copyFiles('jest', cwd)
  const tools = [`jest@${jest}`, `@jest/globals@${jest}`, `ts-jest@${tsJest}`, `typescript@${typescript}`]
  const types = ['@types/express', '@types/node'].map((name) => `${name}@${versionOf(name)}`)
  await must([...install, ...packages, ...others, ...types, ...tools], { cwd })
  return runTests(['npm', 'exec', '--no', '--', 'jest'], cwd)
}

interface NestOptions {
  readonly npmrc: string
  readonly version: (typeof nests)[number]
}

async function runNest(folder: string, { npmrc, version }: NestOptions): Promise<string> {
  const nest = [process.execPath, join(fetchProgram(`nest-cli-${version}`), 'bin/nest.js')]
  const name = `nest-app-${version}`
  await must([...nest, 'new', name, '--skip-git', '--skip-install', '--package-manager=npm'], { cwd: folder })
  const cwd = join(folder, name)
  makeFolder(cwd, { '.npmrc': npmrc })
  copyFiles('nest', cwd)
  await must([...install, ...packages], { cwd })
  await must(['npm', 'run', 'build'], { cwd })
  return runTests(['npm', 'run', 'test:e2e'], cwd)
}

/** Runs Jest, and returns its summary. */
async function runTests(command: readonly string[], cwd: string): Promise<string> {
  const { ok, output } = await runIsolated(command, { cwd })
  const [, summary] = /^Tests: +(.*)$/m.exec(output) ?? []
  if (!ok || summary === undefined) throw new Error(output)
  return summary
}
