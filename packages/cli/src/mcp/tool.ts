import type { MaybePromise } from '@hookurl/core/internal'
import type { InputSchema } from './arguments.ts'
import type { JsonObject } from './json-rpc.ts'

/** How far a call is. `progress` grows with each report. */
export interface Progress {
  readonly progress: number
  readonly total: number
  readonly message: string
}

/** The call that a tool runs for. */
export interface ToolCall {
  /** The arguments, which match the schema. */
  readonly args: JsonObject
  /** The arguments as JSON, with the literals of their numbers. */
  argumentsJson(): string
  /** Is aborted when the client cancels the call, or the server stops. */
  readonly signal: AbortSignal
  /** Does nothing unless the client has asked for progress. */
  reportProgress(progress: Progress): void
}

/** A tool. Clients treat its annotations as hints. */
export interface Tool {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly inputSchema: InputSchema
  readonly outputSchema: JsonObject
  readonly annotations: {
    readonly readOnlyHint: boolean
    readonly destructiveHint: boolean
    readonly idempotentHint: boolean
    readonly openWorldHint: boolean
  }
  /** Whether other messages are read before a call has ended. */
  readonly isLong: boolean
  /** Returns the structured content of the result. What it throws becomes a result that is an error. */
  call(call: ToolCall): MaybePromise<object>
}
