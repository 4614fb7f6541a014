import type { Hook } from '@hookurl/core'
import type { MaybePromise } from '@hookurl/core/internal'
import { DEFAULT_MAX_BODY_SIZE } from '../../request/body-limits.ts'
import { decodeBody, isEncoded } from '../../request/content-encoding.ts'
import type { Body, UnreadBody } from '../../request/incoming-request.ts'
import type { Rejection } from '../../verifier/rejection.ts'
import type { RequestContext } from '../context.ts'
import { findScheme } from './find-scheme.ts'

const noBytes: Rejection = {
  ok: false,
  code: 'body_already_consumed',
  message: 'the signature cannot be checked: a body parser has already consumed the exact bytes',
  fix: 'Mount hookurl before the body parser, or let the parser keep the bytes in rawBody.',
}
const noBytesAtGuard: Rejection = {
  ok: false,
  code: 'not_configured',
  message: 'the signature cannot be checked: the host does not give the guard the exact bytes of the body',
  fix: 'Set handlers, so that hookurl reads the body, or let a body parser keep the bytes in rawBody.',
}

/**
 * Checks the signature of a request if its URL requires one, once per request. Until a receiver has read some of the
 * body, there is nothing to check.
 */
export function findSignatureProblem(ctx: RequestContext, hook: Hook): MaybePromise<Rejection | undefined> {
  if (hook.requiresSignature !== true || (ctx.config.kind === 'receiver' && ctx.body === undefined)) return undefined
  ctx.signatureProblem ??= checkSignature(ctx, hook)
  return ctx.signatureProblem
}

async function checkSignature(ctx: RequestContext, hook: Hook): Promise<Rejection | undefined> {
  const { request, config, proof } = ctx
  if (proof === undefined) return { ok: false, code: 'unsigned_request', hook }
  const schemes = config.signatureSchemes
  const bodies = getSignedBytes(config.kind === 'receiver' ? ctx.body : await getKeptBody(ctx))
  const secret = await proof.getSigningSecret()
  ctx.signedBy = await findScheme(schemes, { request, secret, bodies, now: config.now() })
  if (ctx.signedBy !== undefined) return undefined
  const needsBytes = schemes.some(({ kind }) => kind === 'signed')
  if (bodies !== undefined || !needsBytes) return { ok: false, code: 'unsigned_request', hook }
  return { ...(config.kind === 'receiver' ? noBytes : noBytesAtGuard), hook }
}

// A sender may have signed the body before or after compressing it.
function getSignedBytes(body: Body | UnreadBody | undefined): Uint8Array[] | undefined {
  if (body?.kind !== 'bytes' && body?.kind !== 'none') return undefined
  const bytes = body.kind === 'bytes' ? body.bytes : new Uint8Array()
  return body.encoded === undefined ? [bytes] : [bytes, body.encoded]
}

// A body that cannot be inflated is signed as received.
async function getKeptBody({ request }: RequestContext): Promise<Body | UnreadBody | undefined> {
  const kept = await request.getKeptBody?.()
  const encoding = request.header('content-encoding')
  if (kept?.kind !== 'bytes' || !isEncoded(encoding)) return kept
  const decoded = await decodeBody(kept, encoding, DEFAULT_MAX_BODY_SIZE)
  return decoded.kind === 'unread' ? kept : decoded
}
