import { chain, type MaybePromise } from '@hookurl/core/internal'
import type { OutgoingResponse } from '../../response/response.ts'
import { bodyHandshakes } from './body-handshakes.ts'
import type {
  BodyHandshakeDefinition,
  EnabledOptions,
  HandshakeBody,
  HandshakeRequest,
  HandshakesConfig,
  HeadHandshakeDefinition,
} from './definition.ts'
import { headHandshakes } from './head-handshakes.ts'
import { secretBodyHandshakes, secretHeadHandshakes } from './secret-handshakes.ts'

/** A recognized handshake. */
export interface Handshake {
  readonly service: string
  createResponse(): MaybePromise<OutgoingResponse>
  /** Calls the application before the response is sent. If the result is `false`, the handshake is rejected. */
  confirm?(): unknown
}

/** A handshake that was recognized by its body, and the response to it. */
export interface BodyHandshake {
  readonly service: string
  readonly response: OutgoingResponse
}

// The maximum size of an echoed value, in bytes. It keeps callers from making hookurl send a lot of data.
const MAX_ECHO_SIZE = 1024

/** The handshakes that are recognized by method, query and headers. The first match is completed. */
export const byHead: readonly HeadHandshakeDefinition[] = [...headHandshakes, ...secretHeadHandshakes]

/** The handshakes that are recognized by their body. The first match is completed. */
export const byBody: readonly BodyHandshakeDefinition[] = [...bodyHandshakes, ...secretBodyHandshakes]

/** Recognizes a handshake by everything in the request except its body. */
export function findHandshake(
  config: HandshakesConfig | undefined,
  handshake: HandshakeRequest,
): Handshake | undefined {
  if (config === undefined) return undefined
  for (const definition of byHead) {
    if (definition.method !== handshake.request.method) continue
    if (definition.option !== undefined && !config[definition.option]) continue
    const value = definition.find(handshake)
    if (!isEchoable(value)) continue
    const options = config as EnabledOptions
    const createResponse = (): MaybePromise<OutgoingResponse> => definition.respond(value, handshake, options)
    const { service } = definition
    if (definition.confirm === undefined) return { service, createResponse }
    return { service, createResponse, confirm: () => definition.confirm?.(value, handshake, options) }
  }
  return undefined
}

/** Recognizes a handshake by its JSON body, and returns the response to it. */
export function findBodyHandshake(
  config: HandshakesConfig,
  handshake: HandshakeBody,
): MaybePromise<BodyHandshake | undefined> {
  for (const definition of byBody) {
    if (definition.option !== undefined && !config[definition.option]) continue
    const value = definition.find(handshake)
    if (!isEchoable(value)) continue
    const { service } = definition
    const respond = (): MaybePromise<BodyHandshake | undefined> =>
      chain(definition.respond(value, handshake, config as EnabledOptions), (response) =>
        response === undefined ? undefined : { service, response },
      )
    if (definition.isSigned !== true) return respond()
    return chain(handshake.isSigned(), (isSigned) => (isSigned ? respond() : undefined))
  }
  return undefined
}

function isEchoable(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && new TextEncoder().encode(value).length <= MAX_ECHO_SIZE
}
