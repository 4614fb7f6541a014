// `npm start`: a receiver with the development key, and a hook URL to try it with; stays up until Ctrl-C.
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

function present(url: string): string {
  return `
A hook URL for this receiver, good for 30 days:

  ${url}

Call it as a service would:

  curl -X POST -H 'content-type: application/json' -d '{"order_id":"A1"}' ${url}

or open it in a browser, as a person would. What arrives is shown below.
`
}

const listener = spawn(process.execPath, [program, 'listen', ...process.argv.slice(2)], {
  stdio: ['ignore', 'inherit', 'pipe'],
})
let isPresented = false
let said = ''
listener.stderr.setEncoding('utf8').on('data', (text: string) => {
  process.stderr.write(text)
  if (isPresented) return
  said += text
  const port = /Listening on \S+:(\d+)/.exec(said)?.[1]
  if (port === undefined) return
  isPresented = true
  console.log(present(mint(`http://localhost:${port}/hooks`)))
})
listener.once('close', (code) => {
  process.exitCode = code ?? 1
})

// The terminal sends Ctrl-C to the listener too, which finishes what runs; this waits for it. Whoever signals only this
// process means both.
process.on('SIGINT', () => setTimeout(() => listener.kill('SIGTERM'), 500).unref())
process.on('SIGTERM', () => listener.kill('SIGTERM'))
process.on('exit', () => listener.kill())
