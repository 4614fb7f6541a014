// The Lambda adapter with the types of `@types/aws-lambda` and middy: compiled by `published.test.ts`, strictly.
import { hookurl, type LambdaEvent, type LambdaHandler, type LambdaResult } from '@hookurl/verify/lambda'
import middy from '@middy/core'
import headerNormalizer from '@middy/http-header-normalizer'
import jsonBodyParser from '@middy/http-json-body-parser'
import type {
  ALBEvent,
  ALBHandler,
  ALBResult,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  APIGatewayProxyHandlerV2WithJWTAuthorizer,
  APIGatewayProxyResult,
  APIGatewayProxyStructuredResultV2,
  APIGatewayProxyWithCognitoAuthorizerHandler,
  Callback,
  Context,
  Handler,
  LambdaFunctionURLEvent,
  LambdaFunctionURLHandler,
  LambdaFunctionURLResult,
  SQSHandler,
} from 'aws-lambda'

const receiver = { keys: 'hks_', handlers: { '/a': () => {} } }
const guard = { keys: 'hks_', command: '/a' }
const route = async (): Promise<{ statusCode: number; body: string }> => ({ statusCode: 200, body: '' })

// A receiver is a function of every gateway.
export const receivers: [
  APIGatewayProxyHandler,
  APIGatewayProxyHandlerV2,
  APIGatewayProxyHandlerV2WithJWTAuthorizer,
  APIGatewayProxyWithCognitoAuthorizerHandler,
  ALBHandler,
  LambdaFunctionURLHandler,
  Handler<ALBEvent | APIGatewayProxyEvent, ALBResult>,
  Handler<APIGatewayProxyEventV2 | APIGatewayProxyEvent | ALBEvent>,
  Handler,
] = [
  hookurl(receiver),
  hookurl(receiver),
  hookurl(receiver),
  hookurl(receiver),
  hookurl(receiver),
  hookurl(receiver),
  hookurl(receiver),
  hookurl(receiver),
  hookurl(receiver),
]

// So is a guarded function; its event has the type of the declared handler.
export const forRestApi: APIGatewayProxyHandler = hookurl(guard, async (event, hook, context) => {
  const stage: string = event.requestContext.stage
  const id: string = context.awsRequestId
  return { statusCode: 200, headers: { 'x-count': 1 }, body: `${stage}${id}${hook.userId}` }
})
export const forHttpApi: APIGatewayProxyHandlerV2 = hookurl(guard, (event) => event.requestContext.http.sourceIp)
export const forFunctionUrl: LambdaFunctionURLHandler = hookurl(guard, (event) => event.rawPath)
export const forLoadBalancer: ALBHandler = hookurl(guard, (event) => event.requestContext.elb.targetGroupArn)
export const withoutParameters: ALBHandler = hookurl(guard, route)

// An annotated event is inferred.
export const annotated: [
  LambdaHandler<APIGatewayProxyEventV2WithIAMAuthorizer, Context>,
  LambdaHandler<ALBEvent, unknown>,
  LambdaHandler<APIGatewayProxyEventV2 | ALBEvent, unknown>,
] = [
  hookurl(guard, (event: APIGatewayProxyEventV2WithIAMAuthorizer, _hook, _context: Context) => event.rawPath),
  hookurl(guard, (event: ALBEvent) => ({ statusCode: 200, body: event.path })),
  hookurl(guard, (event: APIGatewayProxyEventV2 | ALBEvent) => ({ statusCode: 200, body: event.body })),
]

// A result has the type of every gateway.
export function toResults(
  result: LambdaResult,
): [APIGatewayProxyResult, APIGatewayProxyStructuredResultV2, ALBResult, LambdaFunctionURLResult] {
  return [result, result, result, result]
}

interface Given {
  readonly v1: APIGatewayProxyEvent
  readonly v2: APIGatewayProxyEventV2
  readonly url: LambdaFunctionURLEvent
  readonly alb: ALBEvent
  readonly context: Context
  readonly callback: Callback<APIGatewayProxyResult>
}

// The context is optional, and a handler of AWS's type is called with all three.
export function callHandlers({ v1, v2, url, alb, context, callback }: Given): unknown[] {
  const handler = hookurl(receiver)
  const guarded = hookurl(guard, (event: ALBEvent) => event.path)
  const events: LambdaEvent[] = [v1, v2, url, alb]
  return [
    events,
    handler(v1),
    handler(v2, context),
    handler(url),
    handler(alb),
    guarded(alb),
    guarded(alb, context),
    forRestApi(v1, context, callback),
    // @ts-expect-error the function is annotated with the event of a load balancer
    guarded(v2),
  ]
}

// middy wraps both, and a parser changes the type of the event.
export const wrapped: unknown[] = [
  middy().use(headerNormalizer()).use(jsonBodyParser()).handler(hookurl(receiver)),
  middy<APIGatewayProxyEventV2, LambdaResult>().use(jsonBodyParser()).handler(hookurl(receiver)),
  middy(hookurl(receiver)).use(headerNormalizer()).use(jsonBodyParser()),
  middy<ALBEvent>().handler(hookurl(guard, (event: ALBEvent) => event.path)),
  middy(hookurl(guard, (event: APIGatewayProxyEventV2) => event.rawPath)).use(jsonBodyParser()),
]

// @ts-expect-error an event of SQS is not an HTTP request
export const forQueue: SQSHandler = hookurl(receiver)
// @ts-expect-error a guard requires its function
export const withoutFunction: ALBHandler = hookurl(guard)
// @ts-expect-error a receiver accepts no function
export const withFunction: ALBHandler = hookurl(receiver, route)
// @ts-expect-error the event of a function URL has no multi-value headers
export const wrongMember: LambdaFunctionURLHandler = hookurl(guard, (event) => event.multiValueHeaders)
