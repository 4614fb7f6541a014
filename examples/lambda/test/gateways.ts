// Builds the events of each Lambda gateway: a recorded event with the test's request.
import type { LambdaEvent, LambdaResult } from '@hookurl/verify/lambda'
import { readEvent } from '../../../packages/verify/test/support/events.ts'
import type { TestRequest, TestResponse } from '../../../test/runtimes/runtime.ts'

export type ToEvent = (path: string, request: TestRequest) => LambdaEvent

/** The gateways by name. */
export const gateways: Readonly<Record<string, ToEvent>> = {
  'REST API': (path, { method, headers = {}, body = null }) => {
    const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
    const request = { httpMethod: method, path, headers, multiValueHeaders, body, isBase64Encoded: false }
    const query = { queryStringParameters: null, multiValueQueryStringParameters: null }
    return { ...readEvent('1.0'), ...request, ...query }
  },
  'load balancer': (path, request) => ({ ...readEvent('ALB'), ...toLoadBalancerFields(path, request) }),
  'load balancer with multi-value headers': (path, request) => {
    const { headers, ...fields } = toLoadBalancerFields(path, request)
    const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
    return { ...readEvent('ALB, multi-value'), ...fields, multiValueHeaders }
  },
  'HTTP API': (path, request) => toPayloadFormat2(readEvent('2.0'), path, request),
  'function URL': (path, request) => toPayloadFormat2(readEvent('url'), path, request),
}

/** Converts a result to the response that the gateway sends. */
export function toResponse({ statusCode, body, isBase64Encoded, ...fields }: LambdaResult): TestResponse {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body
  const header = (name: string): string | null =>
    fields.headers?.[name] ?? fields.multiValueHeaders?.[name]?.[0] ?? null
  return { status: statusCode, location: header('location'), type: header('content-type'), body: text }
}

function toLoadBalancerFields(path: string, { method, headers = {}, body = '' }: TestRequest) {
  const query = { queryStringParameters: {}, multiValueQueryStringParameters: undefined }
  return {
    httpMethod: method,
    path,
    headers: { host: 'bot.example.com', ...headers },
    ...query,
    body,
    isBase64Encoded: false,
  }
}

function toPayloadFormat2(
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
