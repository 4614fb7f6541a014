import 'reflect-metadata'
import { text } from 'node:stream/consumers'
import type { Hook } from '@hookurl/core'
import type { GuardOptions } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl } from '@hookurl/verify/nest'
import {
  All,
  Controller,
  type INestApplication,
  type LoggerService,
  Module,
  type ModuleMetadata,
  Req,
  Res,
  type Type,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import type { Request, Response } from 'express'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { onTestFinished } from 'vitest'
import { sendToPort } from './clients.ts'
import type { Subject } from './subjects.ts'

export const nestPlatforms = ['express', 'fastify'] as const
export type NestPlatform = (typeof nestPlatforms)[number]

/** How a Nest application is made. */
export interface NestSetup {
  readonly module: ModuleMetadata
  readonly options?: { readonly bodyParser?: boolean; readonly rawBody?: boolean; readonly logger?: LoggerService }
  /** Called before the application listens. */
  readonly configure?: (app: INestApplication) => unknown
  /** The maximum size of a body in Fastify. */
  readonly bodyLimit?: number
}

/** Starts a Nest application, which writes no log by default, and returns its port. */
export async function startNest(
  platform: NestPlatform,
  { module, options, configure, bodyLimit }: NestSetup,
): Promise<number> {
  class AppModule {}
  Module(module)(AppModule)
  const given = { logger: false, abortOnError: false, forceCloseConnections: true, ...options } as const
  const app =
    platform === 'express'
      ? await NestFactory.create<NestExpressApplication>(AppModule, given)
      : await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter({ bodyLimit }), given)
  onTestFinished(() => app.close())
  await configure?.(app)
  await app.listen(0, '127.0.0.1')
  return Number(new URL(await app.getUrl()).port)
}

/** Nest on one of its platforms: a receiver as its documentation mounts it, and a guard of a controller's route. */
export function createNestSubject(platform: NestPlatform): Subject {
  return {
    name: `nest on ${platform}`,
    receiver: async (options, setup = {}) => {
      const at = setup.at ?? '/hooks'
      const configure = (app: INestApplication): unknown =>
        platform === 'express'
          ? (app as NestExpressApplication).use(at, expressHookurl(options))
          : (app as NestFastifyApplication).register(fastifyHookurl(options), { prefix: at })
      // Fastify's body limit must not affect hookurl's.
      return sendToPort(await startNest(platform, { module: {}, configure, bodyLimit: 64 }))
    },
    guard: async (options, route, { at = '/hooks', parsers = false } = {}) => {
      const controller = createGuardedController(platform, options, async (request, response) => {
        const { status = 200, headers = {}, text: body } = route(request.hook as Hook, await readText(request))
        response.status(status)
        for (const [name, value] of Object.entries(headers)) response.header(name, value)
        return body
      })
      const configure = (app: INestApplication): void => {
        app.setGlobalPrefix(at)
        if (platform === 'fastify' && !parsers) parseToStrings(app.getHttpAdapter().getInstance())
      }
      const module = { controllers: [controller] }
      return sendToPort(await startNest(platform, { module, options: { bodyParser: parsers }, configure }))
    },
  }
}

type RouteRequest = Request | FastifyRequest
type RouteResponse = Response | FastifyReply

/** Creates a controller with one guarded route, at every path. */
export function createGuardedController(
  platform: NestPlatform,
  options: GuardOptions,
  run: (request: RouteRequest, response: RouteResponse) => unknown,
): Type {
  @Controller()
  class TestController {
    @All(['', getWildcard(platform)])
    @UseGuards(hookurl(options))
    run(@Req() request: RouteRequest, @Res({ passthrough: true }) response: RouteResponse) {
      return run(request, response)
    }
  }
  return TestController
}

/** The last segments of a path. */
export function getWildcard(platform: NestPlatform): string {
  return platform === 'express' ? '*token' : '*'
}

/** Accepts every content type in Fastify, which by default rejects those without a parser. */
export function parseToStrings(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
}

async function readText(request: RouteRequest): Promise<string> {
  if ('raw' in request) {
    return typeof request.body === 'string' || request.body === undefined
      ? (request.body ?? '')
      : JSON.stringify(request.body)
  }
  return request.readableEnded ? JSON.stringify(request.body) : text(request)
}
