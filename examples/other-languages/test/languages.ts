// Finds each language on this machine and runs its program.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Json } from '../../../conformance/format.ts'
import { root } from '../../../tools/setup/io.js'
import { explainAbsence, findProgram } from '../../../tools/setup/programs.js'

export interface Jwk {
  readonly k: string
  readonly kid?: string
}

/** A request to a driver: mint claims, or verify a token; with `libraryOnly`, without the program's own rules. */
export interface DriverRequest {
  readonly jwks: readonly Jwk[]
  readonly now: number
  readonly claims?: { readonly [name: string]: Json }
  readonly token?: string
  readonly command?: string
  readonly libraryOnly?: boolean
  /** The claims to derive a state hash for. */
  readonly hash?: { readonly cmd: string; readonly sub?: string }
  /** The current state, or nothing if there is none; absent: states are not compared. */
  readonly states?: readonly Json[]
  readonly stateJwks?: readonly Jwk[]
}

export interface DriverResponse {
  readonly token?: string
  readonly claims?: { readonly [name: string]: Json }
  readonly rejected?: string
  readonly hash?: string
}

/** The result of a process. */
export interface ProcessResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Language {
  readonly name: string
  /** The library's column in docs/languages.md; absent where the program uses none. */
  readonly library?: string
  readonly absence?: string
  /** The version that docs/languages.md describes. */
  readonly documentedVersion: string
  /** The installed version. */
  version(): string
  /** Runs the program as a reader would. */
  run(args: readonly string[], jwks: string): ProcessResult
  /** Calls the functions of the program through its driver, each request at its own time. */
  runDriver(requests: readonly DriverRequest[]): DriverResponse[]
}

const folder = fileURLToPath(new URL('..', import.meta.url))
const drivers = join(folder, 'test/drivers')

// Debian's golang-jwt is version 4, which has the same API as version 5.
const gopath = '/usr/share/gocode'
const golangJwt = join(gopath, 'src/github.com/golang-jwt/jwt')

export const languages: readonly Language[] = [
  createScriptLanguage('Python', 'python3', {
    library: 'PyJWT',
    documentedVersion: 'PyJWT 2.6.',
    extension: 'py',
    versionArgs: ['-c', 'import jwt; print("PyJWT", jwt.__version__)'],
  }),
  createScriptLanguage('PHP', 'php', {
    documentedVersion: 'PHP 8.',
    extension: 'php',
    versionArgs: ['-r', 'echo "PHP ", PHP_VERSION;'],
  }),
  createScriptLanguage('Ruby', 'ruby', {
    library: 'ruby-jwt',
    documentedVersion: 'ruby-jwt 2.5.',
    extension: 'rb',
    versionArgs: ['-e', 'require "jwt"; puts "ruby-jwt #{JWT.gem_version}"'],
  }),
  createGoLanguage(),
]

interface Script extends Pick<Language, 'library' | 'documentedVersion'> {
  readonly extension: string
  /** Arguments that print the version. */
  readonly versionArgs: readonly string[]
}

function createScriptLanguage(
  name: string,
  program: 'php' | 'python3' | 'ruby',
  { extension, versionArgs, ...rest }: Script,
): Language {
  const found = findProgram(program)
  const place = join(folder, program.replace('3', ''))
  const start = (args: readonly string[], options: Options = {}): ProcessResult =>
    runProcess(found ?? program, args, options)
  return {
    ...rest,
    name,
    absence: found === undefined ? explainAbsence(program) : undefined,
    version: () => start(versionArgs).stdout.trim(),
    run: (args, jwks) => start([join(place, `main.${extension}`), ...args], { env: { HOOKURL_JWKS: jwks } }),
    runDriver: (requests) =>
      parseResponses(start([join(drivers, `drive.${extension}`), place], { input: toJsonLines(requests) })),
  }
}

function createGoLanguage(): Language {
  const found = findProgram('go')
  const missing = existsSync(join(golangJwt, 'go.mod'))
    ? undefined
    : 'golang-github-golang-jwt-jwt-dev is not installed'
  let built: string | undefined
  const build = (): string => {
    built ??= buildGo(found ?? 'go')
    return built
  }
  return {
    name: 'Go',
    library: 'golang-jwt',
    documentedVersion: 'golang-jwt 4',
    absence: found === undefined ? explainAbsence('go') : missing,
    version: () =>
      `golang-jwt ${/golang-jwt\/jwt(?:\/v(\d+))?/.exec(readFileSync(join(golangJwt, 'go.mod'), 'utf8'))?.[1]}`,
    run: (args, jwks) => runProcess(build(), args, { env: { HOOKURL_JWKS: jwks } }),
    runDriver: (requests) =>
      parseResponses(runProcess(build(), [], { input: toJsonLines(requests), env: { HOOK_DRIVEN: '1' } })),
  }
}

// Builds the sources in GOPATH mode, against the installed version of the library.
function buildGo(program: string): string {
  const cache = join(root, 'node_modules/.cache/other-languages')
  const place = join(cache, 'src/hook')
  rmSync(cache, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  for (const source of [join(folder, 'go'), drivers].flatMap((from) =>
    readdirSync(from).map((name) => join(from, name)),
  )) {
    if (!source.endsWith('.go')) continue
    const code = readFileSync(source, 'utf8').replace('golang-jwt/jwt/v5"', 'golang-jwt/jwt/v4"')
    writeFileSync(join(place, basename(source)), code)
  }
  writeFileSync(join(place, 'go.mod'), 'module hook\n')
  const env = { GOPATH: `${cache}:${gopath}`, GO111MODULE: 'off', GOFLAGS: '' }
  const { status, stderr } = runProcess(program, ['build', '-o', join(cache, 'hook'), '.'], { cwd: place, env })
  if (status !== 0) throw new Error(`go build failed\n${stderr}`)
  return join(cache, 'hook')
}

interface Options {
  readonly input?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

function runProcess(program: string, args: readonly string[], { input, cwd, env }: Options): ProcessResult {
  const settings = { input, cwd, env: { ...process.env, ...env }, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 }
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...settings, encoding: 'utf8' })
  if (error !== undefined) throw error
  return { status, stdout, stderr }
}

function toJsonLines(requests: readonly DriverRequest[]): string {
  return requests.map((each) => `${JSON.stringify(each)}\n`).join('')
}

function parseResponses({ status, stdout, stderr }: ProcessResult): DriverResponse[] {
  if (status !== 0) throw new Error(`the driver failed\n${stderr}`)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
