// Requests as each of Lambda's front doors hands them over: a recorded event, with the request put in its place.
import type { LambdaEvent, LambdaResult } from '@hookurl/verify/lambda'
import { readEvent } from '../../../packages/verify/test/support/events.ts'
import type { TestResponse, TestRequest } from '../../../test/runtimes/runtime.ts'

export type ToEvent = (path: string, asked: TestRequest) => LambdaEvent

/** The front doors, by their names. */
export const gateways: Readonly<Record<string, ToEvent>> = {
  'REST API': (path, { method, headers = {}, body = null }) => {
    const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
    const asked = { httpMethod: method, path, headers, multiValueHeaders, body, isBase64Encoded: false }
    const query = { queryStringParameters: null, multiValueQueryStringParameters: null }
    return { ...readEvent('1.0'), ...asked, ...query }
  },
  'HTTP API': (path, asked) => toSecondFormat(readEvent('2.0'), path, asked),
  'function URL': (path, asked) => toSecondFormat(readEvent('url'), path, asked),
}

/** What the caller of a gateway gets for a result. */
export function toResponse({ statusCode, headers, body = '', isBase64Encoded = false }: LambdaResult): TestResponse {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body
  return { status: statusCode, location: (headers?.location as string | undefined) ?? null, body: text }
}

function toSecondFormat(
  recorded: LambdaEvent & Record<string, unknown>,
  rawPath: string,
  { method, headers = {}, body }: TestRequest,
): LambdaEvent {
  const { requestContext } = recorded
  const http = { ...requestContext?.http, method, path: rawPath }
  const isBase64Encoded = body !== undefined
  return {
    ...recorded,
    rawPath,
    rawQueryString: '',
    headers: { host: 'bot.example.com', ...headers },
    requestContext: { ...requestContext, http },
    body: body === undefined ? undefined : Buffer.from(body).toString('base64'),
    isBase64Encoded,
  }
}
