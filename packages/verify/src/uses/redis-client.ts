import { invalidOption } from '@hookurl/core/internal'

/** The methods of node-redis that hookurl uses, of a client, pool, cluster or sentinel. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** The methods of ioredis that hookurl uses, of a client or cluster. */
export interface IoRedisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** Any other client. Sends one command, passed as words, and rejects if Redis responds with an error. */
export interface RedisSender {
  send(words: string[]): Promise<unknown>
}

/** A client of node-redis or ioredis, or any other. */
export type RedisClient = NodeRedisClient | IoRedisClient | RedisSender

/** Runs a script. All keys must be in one slot of a cluster. Resolves to the reply as the client returns it. */
export type RunScript = (script: string, keys: string[], args: string[]) => Promise<unknown>

/** Runs a script by its digest (`EVALSHA`) or by its source (`EVAL`). */
interface Evaluator {
  byDigest(digest: string, keys: string[], args: string[]): Promise<unknown>
  bySource(script: string, keys: string[], args: string[]): Promise<unknown>
}

/**
 * Returns a function that runs scripts on a client. `what` names the function that takes the client.
 *
 * @throws {HookurlError} `invalid_option`
 */
export function createScriptRunner(client: RedisClient, what: string): RunScript {
  const evaluator = createEvaluator(client, what)
  const digests = new Map<string, Promise<string>>()

  function getDigest(script: string): Promise<string> {
    const known = digests.get(script) ?? sha1Hex(script)
    digests.set(script, known)
    return known
  }

  return async (script, keys, args) => {
    try {
      return checkReply(await evaluator.byDigest(await getDigest(script), keys, args))
    } catch (error) {
      if (!String(error).includes('NOSCRIPT')) throw error
      return checkReply(await evaluator.bySource(script, keys, args))
    }
  }
}

function createEvaluator(client: RedisClient, what: string): Evaluator {
  if (typeof client === 'object' && client !== null) {
    if ('evalSha' in client) {
      return {
        byDigest: (digest, keys, args) => client.evalSha(digest, { keys, arguments: args }),
        bySource: (script, keys, args) => client.eval(script, { keys, arguments: args }),
      }
    }
    if ('evalsha' in client) {
      return {
        byDigest: (digest, keys, args) => client.evalsha(digest, keys.length, ...keys, ...args),
        bySource: (script, keys, args) => client.eval(script, keys.length, ...keys, ...args),
      }
    }
    if ('send' in client) {
      return {
        byDigest: (digest, keys, args) => client.send(['EVALSHA', digest, String(keys.length), ...keys, ...args]),
        bySource: (script, keys, args) => client.send(['EVAL', script, String(keys.length), ...keys, ...args]),
      }
    }
  }
  throw invalidOption(
    `${what} needs a client of node-redis or ioredis, or an object with send(words)`,
    'Pass a connected client, or { send: (words) => … }.',
  )
}

// Some clients return an error as a value.
function checkReply(reply: unknown): unknown {
  if (reply instanceof Error) throw reply
  return reply
}

async function sha1Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
