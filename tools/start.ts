// `npm start`: runs a receiver with the development key and prints a hook URL for it, until Ctrl-C.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './setup/io.js'

const program = join(root, 'packages/cli/bin/hookurl.js')
const hook = [
  ...['--command', '/onWebhook', '--user-id', '42', '--content', 'Did you see the cat?'],
  ...['--redirect-to', 'https://cataas.com/cat', '--expires-in', '30d'],
]

function mint(baseUrl: string): string {
  const args = [program, 'mint', ...hook, '--base-url', baseUrl]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}

function formatIntro(url: string): string {
  return `
A hook URL for this receiver, valid for 30 days:

  ${url}

Call it as a service does:

  curl -X POST -H 'content-type: application/json' -d '{"order_id":"A1"}' ${url}

or open it in a browser. Requests are shown below.
`
}

const listener = spawn(process.execPath, [program, 'listen', ...process.argv.slice(2)], {
  stdio: ['ignore', 'inherit', 'pipe'],
})
let isIntroduced = false
let stderr = ''
listener.stderr.setEncoding('utf8').on('data', (text: string) => {
  process.stderr.write(text)
  if (isIntroduced) return
  stderr += text
  const port = /Listening on \S+:(\d+)/.exec(stderr)?.[1]
  if (port === undefined) return
  isIntroduced = true
  console.log(formatIntro(mint(`http://localhost:${port}/hooks`)))
})
listener.once('close', (code) => {
  process.exitCode = code ?? 1
})

// The terminal sends Ctrl-C to the listener too, which finishes running handlers; this process waits for it. A signal to
// this process alone also stops the listener.
process.on('SIGINT', () => setTimeout(() => listener.kill('SIGTERM'), 500).unref())
process.on('SIGTERM', () => listener.kill('SIGTERM'))
process.on('exit', () => listener.kill())
