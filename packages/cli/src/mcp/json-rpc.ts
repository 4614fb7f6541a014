export type RequestId = string | number

/** The members of an object that was parsed from JSON. */
export type JsonObject = Readonly<Record<string, unknown>>

export interface RpcRequest {
  readonly kind: 'request'
  readonly id: RequestId
  readonly method: string
  readonly params: JsonObject
  /** The message as it was received. */
  readonly json: string
}

interface RpcNotification {
  readonly kind: 'notification'
  readonly method: string
  readonly params: JsonObject
}

/** A message that gets an error response. `id` is undefined if it could not be read. */
interface InvalidMessage {
  readonly kind: 'invalid'
  readonly id: RequestId | undefined
  readonly error: RpcError
}

/** Responses are ignored, since this server sends no requests. */
export type RpcMessage = RpcRequest | RpcNotification | InvalidMessage | { readonly kind: 'response' }

/** The error codes of JSON-RPC 2.0 §5.1, and that of MCP 2026-07-28 for an unsupported version. */
export const rpcCodes = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
  unsupportedVersion: -32_022,
} as const

/** An error of the protocol. Errors of a tool are results. */
export class RpcError extends Error {
  readonly code: number
  readonly data: JsonObject | undefined

  constructor(code: keyof typeof rpcCodes, message: string, data?: JsonObject) {
    super(message)
    this.code = rpcCodes[code]
    this.data = data
  }
}

const MAX_ID_LENGTH = 256

/** Parses one line; `undefined` is a line that is too long. */
export function parseMessage(json: string | undefined): RpcMessage {
  if (json === undefined) return invalid(undefined, new RpcError('invalidRequest', 'The message is longer than 1 MiB'))
  let message: unknown
  try {
    message = JSON.parse(json)
  } catch {
    return invalid(undefined, new RpcError('parseError', 'The message is not JSON'))
  }
  if (!isObject(message)) return invalid(undefined, new RpcError('invalidRequest', 'The message is not an object'))
  const { id, method, params = {} } = message
  if (method === undefined && ('result' in message || 'error' in message)) return { kind: 'response' }
  const knownId = isRequestId(id) ? id : undefined
  const problem = findProblem(message, params)
  if (problem !== undefined) return invalid(knownId, new RpcError('invalidRequest', problem))
  const fields = { method: method as string, params: params as JsonObject }
  return knownId === undefined ? { kind: 'notification', ...fields } : { kind: 'request', id: knownId, ...fields, json }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function findProblem({ jsonrpc, id, method }: JsonObject, params: unknown): string | undefined {
  if (jsonrpc !== '2.0') return 'jsonrpc must be "2.0"'
  if (typeof method !== 'string') return 'method must be a string'
  if (!isObject(params)) return 'params must be an object'
  if (id === undefined || isRequestId(id)) return undefined
  return `id must be an integer, or a string of at most ${MAX_ID_LENGTH} characters`
}

function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' ? value.length <= MAX_ID_LENGTH : Number.isSafeInteger(value)
}

function invalid(id: RequestId | undefined, error: RpcError): InvalidMessage {
  return { kind: 'invalid', id, error }
}
