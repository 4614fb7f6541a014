// Serves the functions of an application for Google Cloud, each with the program of the Functions Framework. As on
// cloudfunctions.net, the first segment of the path is the name of a function, which does not receive it. Runs in the folder of
// the application, with the names of the functions as arguments.
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, request } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { findFreePort } from '../../../examples/support/free-port.ts'

const library = createRequire(join(process.cwd(), 'package.json')).resolve('@google-cloud/functions-framework')
const program = join(dirname(library), 'main.js')
const children: ChildProcess[] = []
process.on('exit', () => {
  for (const child of children) child.kill()
})
process.on('SIGTERM', () => process.exit())

const ports = new Map<string, number>()
for (const name of process.argv.slice(2)) ports.set(name, await startFunction(name))

const server = createServer((incoming, response) => {
  const [, name = '', rest = ''] = /^\/([^/?]*)(.*)$/.exec(incoming.url ?? '') ?? []
  const port = ports.get(name)
  if (port === undefined) return void response.writeHead(404).end()
  const path = rest.startsWith('/') ? rest : `/${rest}`
  const { method, headers } = incoming
  const outgoing = request({ host: 'localhost', port, path, method, headers }, (received) => {
    response.writeHead(received.statusCode ?? 502, received.rawHeaders)
    received.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  incoming.pipe(outgoing)
})
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? 'localhost', () => {
  const { port } = server.address() as { port: number }
  console.log(`Functions: http://localhost:${port}/`)
})

async function startFunction(name: string): Promise<number> {
  const port = await findFreePort()
  const child = spawn(process.execPath, [program, `--target=${name}`, `--port=${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  await new Promise<void>((resolve, reject) => {
    let output = ''
    child.once('exit', () => reject(new Error(`the function ${name} ended before it listened\n${output}`)))
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      if (output.includes('URL: ')) resolve()
    })
  })
  child.stdout.pipe(process.stdout)
  return port
}
