import { isHookurlError } from '@hookurl/core'
import { type MaybePromise, sanitizeLogLine } from '@hookurl/core/internal'
import { parseJson, stringifyJson } from '@hookurl/presentation/json'
import { toJson, truncate } from '../io/escape.ts'
import { toErrorReport } from '../io/report-error.ts'
import { assertArguments } from './arguments.ts'
import {
  isObject,
  type JsonObject,
  parseMessage,
  type RequestId,
  RpcError,
  type RpcMessage,
  type RpcRequest,
  rpcCodes,
} from './json-rpc.ts'
import type { Progress, Tool } from './tool.ts'

/** What a server needs. */
export interface McpServerOptions {
  readonly tools: readonly Tool[]
  readonly version: string
  /** How to use the tools, for the model. */
  readonly instructions: string
  /** Writes one line, and resolves once more can be written. */
  write(line: string): Promise<void>
  onError(error: unknown): void
}

/** A server of the Model Context Protocol, without its transport. */
export interface McpServer {
  /**
   * Handles one line; `undefined` is a line that is too long. Resolves when the next line may be read, which is before
   * the end of a long call.
   */
  receive(line: string | undefined): Promise<void>
  /** Cancels the long calls, and resolves when no call is running. */
  stop(): Promise<void>
}

/** The version whose requests each carry their version: MCP 2026-07-28, Versioning. */
const MODERN_VERSION = '2026-07-28'
/** The versions that start with `initialize`, newest first. */
const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05']
const MAX_LONG_CALLS = 32
/** How long clients may keep the list of tools, which never changes. */
const CACHE_MS = 3_600_000
const MAX_ECHO_LENGTH = 64

const metaName = (name: string): string => `io.modelcontextprotocol/${name}`

type Method = (request: RpcRequest, signal: AbortSignal) => MaybePromise<object>
type Methods = ReadonlyMap<string, Method>

/** Creates a server of these tools. */
export function createMcpServer({ tools, version, instructions, write, onError }: McpServerOptions): McpServer {
  const running = new Map<RequestId, AbortController>()
  const longCalls = new Set<Promise<void>>()
  const serverInfo = { name: 'hookurl', title: 'hookurl', version }
  const capabilities = { tools: {} }
  const caching = { ttlMs: CACHE_MS, cacheScope: 'private' }

  const legacyMethods: Methods = new Map<string, Method>([
    ['initialize', ({ params }) => initialize(params)],
    ['ping', () => ({})],
    ['tools/list', ({ params }) => listTools(params)],
    ['tools/call', callTool],
  ])
  const modernMethods: Methods = new Map<string, Method>([
    ['server/discover', () => ({ supportedVersions: [MODERN_VERSION], capabilities, instructions, ...caching })],
    ['tools/list', ({ params }) => ({ ...listTools(params), ...caching })],
    ['tools/call', callTool],
  ])

  function initialize({ protocolVersion }: JsonObject): object {
    if (typeof protocolVersion !== 'string') throw new RpcError('invalidParams', 'protocolVersion must be a string')
    const isKnown = LEGACY_VERSIONS.includes(protocolVersion)
    return { protocolVersion: isKnown ? protocolVersion : LEGACY_VERSIONS[0], capabilities, serverInfo, instructions }
  }

  function listTools({ cursor }: JsonObject): object {
    if (cursor !== undefined) throw new RpcError('invalidParams', 'The list has one page: omit cursor')
    return {
      tools: tools.map(({ name, title, description, inputSchema, outputSchema, annotations }) => ({
        name,
        title,
        description,
        inputSchema,
        outputSchema,
        annotations: { title, ...annotations },
      })),
    }
  }

  async function callTool({ params, json }: RpcRequest, signal: AbortSignal): Promise<object> {
    const tool = findTool(params)
    const { arguments: args = {} } = params
    if (!isObject(args)) throw new RpcError('invalidParams', 'arguments must be an object')
    try {
      assertArguments(tool.inputSchema, args)
      const reportProgress = createReporter(params, signal)
      const value = await tool.call({ args, argumentsJson: () => readArgumentsJson(json), signal, reportProgress })
      return { content: [{ type: 'text', text: toJson(value) }], structuredContent: value, isError: false }
    } catch (error) {
      return { content: [{ type: 'text', text: toJson({ error: describeError(error) }) }], isError: true }
    }
  }

  function findTool({ name }: JsonObject): Tool {
    const tool = tools.find((each) => each.name === name)
    if (tool !== undefined) return tool
    throw new RpcError('invalidParams', `Unknown tool. The tools are: ${tools.map((each) => each.name).join(', ')}`)
  }

  function createReporter({ _meta: meta }: JsonObject, signal: AbortSignal): (progress: Progress) => void {
    const progressToken = isObject(meta) ? meta.progressToken : undefined
    if (typeof progressToken !== 'string' && !Number.isSafeInteger(progressToken)) return () => {}
    let isWriting = false
    return (progress) => {
      // A client that does not read gets no further reports, which would grow memory.
      if (signal.aborted || isWriting) return
      isWriting = true
      const params = { progressToken, ...progress }
      void send({ jsonrpc: '2.0', method: 'notifications/progress', params }).finally(() => {
        isWriting = false
      })
    }
  }

  async function respond(request: RpcRequest): Promise<void> {
    const { id } = request
    const controller = new AbortController()
    const { signal } = controller
    running.set(id, controller)
    const response = await run(request, signal)
    running.delete(id)
    if (!signal.aborted) await send({ jsonrpc: '2.0', id, ...response })
  }

  async function run(request: RpcRequest, signal: AbortSignal): Promise<object> {
    try {
      const isModern = assertVersion(request.params)
      const method = (isModern ? modernMethods : legacyMethods).get(request.method)
      if (method === undefined) throw new RpcError('methodNotFound', 'Method not found')
      const result = await method(request, signal)
      if (!isModern) return { result }
      return { result: { resultType: 'complete', ...result, _meta: { [metaName('serverInfo')]: serverInfo } } }
    } catch (error) {
      if (!(error instanceof RpcError)) onError(error)
      return { error: toRpcError(error) }
    }
  }

  function send(message: object): Promise<void> {
    return write(`${toJson(message)}\n`)
  }

  async function receiveRequest(request: RpcRequest): Promise<void> {
    const { id, method, params } = request
    if (running.has(id)) return sendError(id, new RpcError('invalidRequest', 'A request with this id is running'))
    const isLong = method === 'tools/call' && tools.some(({ name, isLong }) => isLong && name === params.name)
    if (!isLong) return respond(request)
    if (longCalls.size >= MAX_LONG_CALLS) {
      return sendError(id, new RpcError('invalidRequest', `${MAX_LONG_CALLS} calls are waiting: cancel one`))
    }
    const call = respond(request)
    longCalls.add(call)
    void call.finally(() => longCalls.delete(call))
  }

  function sendError(id: RequestId | undefined, error: RpcError): Promise<void> {
    return send({ jsonrpc: '2.0', id, error: toRpcError(error) })
  }

  async function receive(line: string | undefined): Promise<void> {
    if (line?.trim() === '') return
    const message: RpcMessage = parseMessage(line)
    if (message.kind === 'request') return receiveRequest(message)
    if (message.kind === 'invalid') return sendError(message.id, message.error)
    if (message.kind === 'notification' && message.method === 'notifications/cancelled') {
      running.get(message.params.requestId as RequestId)?.abort()
    }
  }

  async function stop(): Promise<void> {
    for (const controller of running.values()) controller.abort()
    await Promise.all(longCalls)
  }

  return { receive, stop }
}

function readArgumentsJson(message: string): string {
  const { params } = parseJson(message) as { params: { arguments?: unknown } }
  return stringifyJson(params.arguments ?? {})
}

/**
 * Checks the version that a request names, and returns whether it names one.
 *
 * @throws {RpcError}
 */
function assertVersion({ _meta: meta }: JsonObject): boolean {
  if (!isObject(meta)) return false
  const requested = meta[metaName('protocolVersion')]
  if (requested === undefined) return false
  if (typeof requested !== 'string') throw new RpcError('invalidParams', 'The protocol version must be a string')
  if (requested !== MODERN_VERSION) {
    const data = { supported: [MODERN_VERSION], requested: truncate(requested, MAX_ECHO_LENGTH) }
    throw new RpcError('unsupportedVersion', 'Unsupported protocol version', data)
  }
  if (isObject(meta[metaName('clientCapabilities')])) return true
  throw new RpcError('invalidParams', `_meta needs ${metaName('clientCapabilities')}`)
}

function toRpcError(error: unknown): object {
  if (!(error instanceof RpcError)) return { code: rpcCodes.internalError, message: 'Internal error' }
  const { code, message, data } = error
  return { code, message, data }
}

// The names in the messages of the library are those of the arguments.
function describeError(error: unknown): object {
  if (isHookurlError(error)) {
    return { code: error.code, message: sanitizeLogLine(error.message), fix: sanitizeLogLine(error.fix) }
  }
  const { code, message } = toErrorReport(error, 'mcp')
  return { code, message, fix: 'Report this error to the person who set up this server.' }
}
