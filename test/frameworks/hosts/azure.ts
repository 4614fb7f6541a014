// Calls the functions of an Azure Functions application over HTTP. The library `@azure/functions` is the real one: it registers
// the functions, creates their requests and converts their responses. Azure's host, a .NET program, is imitated: the prefix,
// the routes, the methods, and the messages that it exchanges with the library. Runs in the folder of the application.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import Module from 'node:module'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

interface Binding {
  readonly type: string
  readonly route?: string
  readonly methods?: readonly string[]
}

interface Metadata {
  readonly name: string
  readonly bindings: Readonly<Record<string, Binding>>
}

type Callback = (...args: unknown[]) => unknown

interface HttpResult {
  readonly statusCode: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: { readonly bytes?: Uint8Array } | null
}

interface Invocation {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], callback: Callback): Promise<unknown>
  getResponse(context: unknown, result: unknown): Promise<{ readonly returnValue?: { readonly http?: HttpResult } }>
}

interface ProgrammingModel {
  getCapabilities(capabilities: object): Promise<{ readonly HttpUri?: string }>
  getInvocationModel(context: object): Invocation
}

/** A function with an HTTP trigger. */
interface HttpFunction {
  readonly metadata: Metadata
  readonly callback: Callback
  /** The name of its trigger's binding. */
  readonly input: string
  readonly methods: readonly string[]
  readonly path: RegExp
}

const folder = process.cwd()
const functions: HttpFunction[] = []
let model: ProgrammingModel | undefined

// What the Node worker provides to the library.
const core = {
  version: '3.12.0',
  hostVersion: '4.1042.100',
  log: (_level: string, _category: string, message: string) => console.error(message),
  registerHook: () => ({ dispose: () => {} }),
  setProgrammingModel: (given: ProgrammingModel) => {
    model = given
  },
  registerFunction: (metadata: Metadata, callback: Callback) => {
    const [input, trigger] = Object.entries(metadata.bindings).find(([, { type }]) => type === 'httpTrigger') ?? []
    if (input === undefined || trigger === undefined) return
    const { route = metadata.name, methods = [] } = trigger
    functions.push({ metadata, callback, input, methods, path: toPattern(`${readPrefix()}/${route}`) })
  },
}

const { require } = Module.prototype
Module.prototype.require = Object.assign(function (this: Module, id: string) {
  return id === '@azure/functions-core' ? core : Reflect.apply(require, this, [id])
}, require)

for (const file of listFiles()) await import(pathToFileURL(file).href)
const library = getLibrary()
const { HttpUri: streamUri } = await library.getCapabilities({ RawHttpBodyBytes: 'true', RpcHttpBodyOnly: 'true' })

const server = createServer((incoming, response) => {
  handle(incoming, response).catch((error) => {
    console.error(error)
    if (!response.headersSent) response.writeHead(500)
    response.end()
  })
})
server.listen(Number(process.env.PORT ?? 7071), process.env.HOST ?? 'localhost', () => {
  const { port } = server.address() as { port: number }
  console.log(`Functions: http://localhost:${port}${readPrefix()}`)
})

async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = incoming
  const found = functions.find(
    ({ methods, path }) => methods.includes(method) && path.test(new URL(url, 'http://a').pathname),
  )
  if (found === undefined) return void response.writeHead(404).end()
  if (streamUri === undefined) await invoke(found, incoming, response)
  else await Promise.all([invoke(found, incoming, response), forward(incoming, response, streamUri)])
}

function getLibrary(): ProgrammingModel {
  if (model === undefined) throw new Error('the application registered no function')
  return model
}

const invocationIds = new WeakMap<IncomingMessage, string>()

function getInvocationId(incoming: IncomingMessage): string {
  const id = invocationIds.get(incoming) ?? randomUUID()
  invocationIds.set(incoming, id)
  return id
}

async function invoke(called: HttpFunction, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { metadata, callback, input } = called
  const headers = joinHeaders(incoming)
  const data = streamUri === undefined ? { http: await toRpcHttp(incoming) } : {}
  const invocation = library.getInvocationModel({
    invocationId: getInvocationId(incoming),
    metadata,
    log: core.log,
    request: {
      inputData: [{ name: input, data }],
      triggerMetadata: { Headers: { json: JSON.stringify(headers) }, Query: { json: '{}' } },
    },
  })
  const { context, inputs } = await invocation.getArguments()
  const result = await invocation.invokeFunction(context, inputs, callback)
  const { returnValue } = await invocation.getResponse(context, result)
  if (streamUri !== undefined) return
  const { statusCode, headers: fields, body } = returnValue?.http ?? { statusCode: '204', headers: {} }
  response.writeHead(Number(statusCode), { ...fields }).end(body?.bytes)
}

/** Sends a request to the server of the library, which `enableHttpStream` starts. */
async function forward(incoming: IncomingMessage, response: ServerResponse, to: string): Promise<void> {
  const { method, url = '/', headers } = incoming
  const forwarded = {
    ...headers,
    'x-forwarded-host': headers.host,
    'x-forwarded-proto': 'http',
    'x-ms-invocation-id': getInvocationId(incoming),
  }
  const outgoing = request(new URL(url, to), { method, headers: forwarded })
  const received = once(outgoing, 'response') as Promise<[IncomingMessage]>
  incoming.pipe(outgoing)
  const [reply] = await received
  response.writeHead(reply.statusCode ?? 502, reply.rawHeaders)
  reply.pipe(response)
}

// The host passes no body without a Content-Length, and the values of a repeated header as one string.
async function toRpcHttp(incoming: IncomingMessage): Promise<object> {
  const { method, url = '/' } = incoming
  const headers = joinHeaders(incoming)
  const hasBody = Number(headers['content-length'] ?? 0) > 0
  const bytes = hasBody ? await buffer(incoming) : undefined
  return {
    method,
    url: `http://${headers.host}${url}`,
    nullableHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }])),
    ...(bytes !== undefined && { body: { bytes } }),
  }
}

function joinHeaders({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(',')]))
}

// Routes are not case-sensitive, and a catch-all parameter may be empty.
function toPattern(route: string): RegExp {
  const segments = route.split('/').filter((segment) => segment !== '')
  const parts = segments.map((segment) => {
    if (segment.startsWith('{*')) return '(?:/.*)?'
    return segment.startsWith('{') ? '/[^/]+' : `/${segment}`
  })
  return new RegExp(`^${parts.join('')}/?$`, 'i')
}

function readPrefix(): string {
  const file = join(folder, 'host.json')
  const { extensions } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const prefix: string = extensions?.http?.routePrefix ?? 'api'
  return prefix === '' ? '' : `/${prefix}`
}

// The `main` of an application is a file, or a pattern such as `dist/functions/*.js`.
function listFiles(): string[] {
  const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const path = join(folder, main)
  if (!path.endsWith('*.js')) return [path]
  const names = readdirSync(dirname(path)).filter((name) => name.endsWith('.js'))
  return names.map((name) => join(dirname(path), name))
}
