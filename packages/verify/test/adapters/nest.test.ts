import { request as createHttpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type GuardOptions, memoryUseStore } from '@hookurl/verify'
import { hookurl as expressHookurl } from '@hookurl/verify/express'
import { hookurl as fastifyHookurl } from '@hookurl/verify/fastify'
import { hookurl, type NestGuardClass } from '@hookurl/verify/nest'
import {
  All,
  type ArgumentsHost,
  BadRequestException,
  Controller,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  HttpException,
  type INestApplication,
  InternalServerErrorException,
  type LoggerService,
  Module,
  type ModuleMetadata,
  type NestInterceptor,
  Param,
  Redirect,
  Req,
  RequestTimeoutException,
  Res,
  Scope,
  Sse,
  StreamableFile,
  type Type,
  UploadedFile,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common'
import { FileInterceptor as ExpressFileInterceptor, type NestExpressApplication } from '@nestjs/platform-express'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { FileInterceptor as FastifyFileInterceptor } from '@nestjs/platform-fastify/multipart'
import type { Response } from 'express'
import type { FastifyReply } from 'fastify'
import { map, of, throwError, timeout } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { browserHeaders } from '../contract/shared.ts'
import { type SendRequest, sendToPort, type TestRequest } from '../support/clients.ts'
import { singleUseRequest, summarize } from '../support/counting-receiver.ts'
import { command, expectOptionError, key, mintPath } from '../support/fixtures.ts'
import { getWildcard, type NestPlatform, type NestSetup, nestPlatforms, startNest } from '../support/nest.ts'

const silent = { keys: key, onError: () => {} }
const json = { 'content-type': 'application/json' }

interface Log extends LoggerService {
  /** The warnings and errors. */
  readonly entries: unknown[]
}

function createLog(): Log {
  const entries: unknown[] = []
  const add = (entry: unknown): void => void entries.push(entry)
  return { entries, log: () => {}, warn: add, error: add, fatal: add }
}

/** Starts an application with these controllers, and collects its log. */
async function start(platform: NestPlatform, module: ModuleMetadata, setup: Partial<NestSetup> = {}) {
  const logger = createLog()
  const options = { logger, ...setup.options }
  const send = sendToPort(await startNest(platform, { ...setup, module, options }))
  return { send, log: logger.entries }
}

/** A request to a new single-use URL of a route. */
function createRequest(route: string, headers: Readonly<Record<string, string>> = json): TestRequest {
  const { path } = singleUseRequest({ command })
  return { method: 'POST', path: path.replace('/hooks', `/${route}`), headers, body: '{"a":1}' }
}

/** What an exception filter of an application does. */
function respond(host: ArgumentsHost, status: number): void {
  host.switchToHttp().getResponse<Response | FastifyReply>().status(status).send('filtered')
}

describe.each(nestPlatforms)('on %s', (platform) => {
  const wildcard = getWildcard(platform)
  const guardOptions = (): GuardOptions => ({ ...silent, command, uses: memoryUseStore() })

  /** A controller with one guarded route, which counts its runs. */
  function createController(guard: NestGuardClass, run: () => unknown = () => 'from the route') {
    let runs = 0
    @Controller('route')
    @UseGuards(guard)
    class RouteController {
      @All(wildcard)
      run() {
        runs++
        return run()
      }
    }
    return { module: { controllers: [RouteController] }, countRuns: () => runs }
  }

  async function sendTwice(send: SendRequest, request: TestRequest): Promise<string[]> {
    const first = summarize(await send({ ...request, headers: { ...request.headers, 'webhook-id': '1' } }))
    let second = ''
    // The use ends just after the response.
    await expect
      .poll(async () => {
        second = summarize(await send({ ...request, headers: { ...request.headers, 'webhook-id': '2' } }))
        return second
      })
      .not.toBe('503 in_progress')
    return [first, second]
  }

  describe('a response of the guard', () => {
    const responses: readonly [what: string, status: number, request: Partial<TestRequest>][] = [
      ['the confirm page', 200, { method: 'GET', headers: browserHeaders, body: undefined }],
      ['HEAD', 200, { method: 'HEAD', headers: {}, body: undefined }],
      ['OPTIONS', 204, { method: 'OPTIONS', headers: {}, body: undefined }],
      ['the preview of a link', 200, { method: 'GET', headers: { 'user-agent': 'Slackbot-LinkExpanding 1.0' } }],
      ['a method that is not allowed', 405, { method: 'PUT' }],
    ]
    async function startObserved() {
      const seen: string[] = []
      const { module, countRuns } = createController(hookurl(guardOptions()))
      const configure = (app: INestApplication): void => {
        app.useGlobalGuards({ canActivate: () => seen.push('guard') > 0 })
        app.useGlobalInterceptors({
          intercept: (_context, next) => {
            seen.push('interceptor')
            return next.handle()
          },
        })
        app.useGlobalFilters({
          catch: (_error: unknown, host: ArgumentsHost) => {
            seen.push('filter')
            respond(host, 404)
          },
        })
      }
      const started = await start(platform, module, { configure })
      return { ...started, seen, countRuns }
    }

    for (const [what, status, request] of responses) {
      test(`${what} reaches neither the route, interceptors, filters nor the log`, async () => {
        const { send, log, seen, countRuns } = await startObserved()
        const response = await send({ ...createRequest('route'), ...request })
        expect(response.status).toBe(status)
        // A second response would be written by now.
        await send(createRequest('elsewhere'))
        expect(seen).toEqual(['guard', 'filter'])
        expect(log).toEqual([])
        expect(countRuns()).toBe(0)
      })
    }

    test('a rejection reaches neither the route, interceptors, filters nor the log', async () => {
      const { send, log, seen, countRuns } = await startObserved()
      const { path, ...request } = createRequest('route')
      expect(summarize(await send({ ...request, path: path.slice(0, -1) }))).toMatch(/^400 /)
      expect([seen, log, countRuns()]).toEqual([['guard'], [], 0])
    })

    test('a duplicate reaches neither the route nor the log', async () => {
      const { send, log, countRuns } = await startObserved()
      const { path } = createRequest('route')
      const request = { method: 'POST', path, headers: { ...json, 'webhook-id': '1' }, body: '{}' }
      expect(summarize(await send(request))).toBe('200 from the route')
      await expect.poll(async () => summarize(await send(request))).toBe('200 duplicate')
      expect([log, countRuns()]).toEqual([[], 1])
    })

    test('its memory is freed', async () => {
      const contexts: WeakRef<ExecutionContext>[] = []
      const configure = (app: INestApplication): void =>
        void app.useGlobalGuards({ canActivate: (context) => contexts.push(new WeakRef(context)) > 0 })
      const { send } = await start(platform, createController(hookurl(guardOptions())).module, { configure })
      for (let count = 0; count < 20; count++)
        await send({ ...createRequest('route'), method: 'HEAD', body: undefined })
      setFlagsFromString('--expose-gc')
      const collect = runInNewContext('gc') as () => void
      await expect
        .poll(() => {
          collect()
          return contexts.filter((context) => context.deref() !== undefined).length
        })
        .toBeLessThan(5)
      expect(contexts).toHaveLength(20)
    })
  })

  describe('the use of a route', () => {
    function createResultController(guard: NestGuardClass): Type {
      @Controller()
      @UseGuards(guard)
      class ResultController {
        @All(`value/${wildcard}`)
        value() {
          return { done: true }
        }
        @All(`created/${wildcard}`)
        @HttpCode(202)
        async accepted() {
          return 'accepted'
        }
        @All(`redirect/${wildcard}`)
        @Redirect('/done', 303)
        redirect() {}
        @All(`observable/${wildcard}`)
        observable() {
          return of('observed')
        }
        @All(`stream/${wildcard}`)
        stream() {
          return new StreamableFile(Readable.from([Buffer.from('str'), Buffer.from('eamed')]), { type: 'text/plain' })
        }
        @All(`response/${wildcard}`)
        response(@Res() response: Response | FastifyReply) {
          response.status(200).send('sent')
        }
        @All(`nothing/${wildcard}`)
        nothing() {}
        @All(`forbidden/${wildcard}`)
        forbidden() {
          throw new HttpException('forbidden', 403)
        }
        @All(`invalid/${wildcard}`)
        async invalid() {
          throw new BadRequestException('invalid')
        }
        @All(`unavailable/${wildcard}`)
        unavailable() {
          throw new HttpException('unavailable', 503)
        }
        @All(`internal/${wildcard}`)
        async internal() {
          throw new InternalServerErrorException('internal')
        }
        @All(`broken/${wildcard}`)
        async broken() {
          throw new Error('broken')
        }
        @All(`failed/${wildcard}`)
        failed() {
          return throwError(() => new Error('failed'))
        }
        @All(`code/${wildcard}`)
        @HttpCode(500)
        code() {
          return 'failed'
        }
      }
      return ResultController
    }

    const nestError = (message: string, status: number): string =>
      `${status} ${JSON.stringify(toBody(message, status))}`
    const toBody = (message: string, statusCode: number): object => ({ statusCode, message })
    const committed: readonly [route: string, response: RegExp][] = [
      ['value', /^200 \{"done":true\}$/],
      ['created', /^202 accepted$/],
      ['redirect', /^303 \/done$/],
      ['observable', /^200 observed$/],
      ['stream', /^200 streamed$/],
      ['response', /^200 sent$/],
      ['nothing', /^200 $/],
      ['forbidden', /^403 .*forbidden/],
      ['invalid', /^400 .*invalid/],
    ]
    test.each(committed)('is committed when it responds: %s', async (route, response) => {
      const { send } = await start(platform, { controllers: [createResultController(hookurl(guardOptions()))] })
      const [first, second] = await sendTwice(send, createRequest(route))
      expect(first).toMatch(response)
      expect(second).toBe('410 already_used')
    })

    const internal = nestError('Internal server error', 500)
    const released: readonly [route: string, response: string | RegExp][] = [
      ['unavailable', /^503 .*unavailable/],
      ['internal', /^500 .*internal/],
      ['broken', internal],
      ['failed', internal],
      ['code', '500 failed'],
    ]
    test.each(released)('is released when it fails: %s', async (route, response) => {
      const { send } = await start(platform, { controllers: [createResultController(hookurl(guardOptions()))] })
      const [first, second] = await sendTwice(send, createRequest(route))
      expect(first).toMatch(response)
      expect(second).toBe(first)
    })

    for (const [status, effect] of [
      [200, 'commits'],
      [503, 'releases'],
    ] as const) {
      test(`an exception filter that responds with ${status} ${effect} it`, async () => {
        const { module, countRuns } = createController(hookurl(guardOptions()), () => {
          throw new Error('broken')
        })
        const filter = { catch: (_error: unknown, host: ArgumentsHost) => respond(host, status) }
        const configure = (app: INestApplication): void => void app.useGlobalFilters(filter)
        const { send } = await start(platform, module, { configure })
        const [first, second] = await sendTwice(send, createRequest('route'))
        expect(first).toBe(`${status} filtered`)
        expect(second).toBe(status === 200 ? '410 already_used' : first)
        expect(countRuns()).toBe(status === 200 ? 1 : 2)
      })
    }

    test('an interceptor that fails after the route releases it', async () => {
      const { module } = createController(hookurl(guardOptions()))
      const configure = (app: INestApplication): void =>
        void app.useGlobalInterceptors({
          intercept: (_context, next) =>
            next.handle().pipe(
              map(() => {
                throw new Error('broken')
              }),
            ),
        })
      const { send } = await start(platform, module, { configure })
      const [first, second] = await sendTwice(send, createRequest('route'))
      expect([first, second]).toEqual([internal, internal])
    })

    test('an interceptor that ends a slow route with 408 commits it', async () => {
      const { module, countRuns } = createController(hookurl(guardOptions()), () => new Promise(() => {}))
      const interceptor: NestInterceptor = {
        intercept: (_context, next) =>
          next.handle().pipe(timeout({ first: 50, with: () => throwError(() => new RequestTimeoutException()) })),
      }
      const configure = (app: INestApplication): void => void app.useGlobalInterceptors(interceptor)
      const { send } = await start(platform, module, { configure })
      const [first, second] = await sendTwice(send, createRequest('route'))
      expect(first).toMatch(/^408 /)
      expect([second, countRuns()]).toEqual(['410 already_used', 1])
    })

    test('of an event stream is committed', async () => {
      @Controller()
      @UseGuards(hookurl(guardOptions()))
      class EventController {
        @Sse(`events/${wildcard}`)
        events() {
          return of({ data: 'first' })
        }
      }
      const { send } = await start(platform, { controllers: [EventController] })
      const path = mintPath({ command, maxUses: 1, allowGet: true }).replace('/hooks', '/events')
      expect((await send({ path })).text).toContain('data: first')
      await expect.poll(async () => summarize(await send({ path }))).toBe('410 already_used')
    })

    test('is committed if the client disconnects, although the route fails', async () => {
      let fail = (): void => {}
      const { module, countRuns } = createController(
        hookurl(guardOptions()),
        () => new Promise((_resolve, reject) => (fail = () => reject(new Error('broken')))),
      )
      const { send } = await start(platform, module)
      const request = createRequest('route')
      const { path, method, headers } = request
      const client = createHttpRequest({ port: send.port, path, method, headers }).on('error', () => {})
      client.end('{}')
      await expect.poll(countRuns).toBe(1)
      client.destroy()
      await expect.poll(async () => summarize(await send(request))).toBe('410 already_used')
      fail()
      expect(summarize(await send(request))).toBe('410 already_used')
      expect(countRuns()).toBe(1)
    })

    test('50 parallel requests of a single-use URL run the route once', async () => {
      const { module, countRuns } = createController(hookurl(guardOptions()))
      const { send, log } = await start(platform, module)
      const request = createRequest('route')
      const results = await Promise.all(Array.from({ length: 50 }, async () => summarize(await send(request))))
      expect(results.filter((result) => result.endsWith('from the route'))).toHaveLength(1)
      const others = results.filter((result) => !result.endsWith('from the route'))
      expect(others.filter((result) => !/^(?:503 in_progress|410 already_used)$/.test(result))).toEqual([])
      expect([countRuns(), log]).toEqual([1, []])
    })
  })

  describe('a route behind the guard', () => {
    const Hook = createParamDecorator((_data: unknown, context: ExecutionContext) => {
      return context.switchToHttp().getRequest().hook
    })

    function createInputController(guard: NestGuardClass): Type {
      @Controller()
      @UseGuards(guard)
      class InputController {
        @All(`input/${wildcard}`)
        input(@Hook() hook: { content: unknown }, @Req() request: { body: unknown; rawBody?: Buffer }) {
          return { content: hook.content, body: request.body, rawBody: request.rawBody?.toString() }
        }
        @All(`pipe/:name/${wildcard}`)
        pipe(@Param('name') name: string) {
          return { name }
        }
        @All(`file/${wildcard}`)
        @UseInterceptors((platform === 'express' ? ExpressFileInterceptor : FastifyFileInterceptor)('file'))
        file(@UploadedFile() file: { buffer?: Buffer; originalname?: string; originalName?: string }) {
          return { size: file.buffer?.length, name: file.originalname }
        }
      }
      return InputController
    }

    const contentPath = mintPathTo('input')
    function mintPathTo(route: string): string {
      return mintPath({ command, content: { invoice: 7 } }).replace('/hooks', `/${route}`)
    }

    test('gets the hook and the parsed body', async () => {
      const { send } = await start(platform, { controllers: [createInputController(hookurl({ ...silent, command }))] })
      const response = await send({ method: 'POST', path: contentPath, headers: json, body: '{"a":1}' })
      expect(response.json()).toEqual({ content: { invoice: 7 }, body: { a: 1 } })
    })

    test('gets the bytes with rawBody: true', async () => {
      const module = { controllers: [createInputController(hookurl({ ...silent, command }))] }
      const { send } = await start(platform, module, { options: { rawBody: true } })
      const response = await send({ method: 'POST', path: contentPath, headers: json, body: '{"a": 1}' })
      expect(response.json()).toMatchObject({ body: { a: 1 }, rawBody: '{"a": 1}' })
    })

    test('gets a file of a multipart body', async () => {
      const { send } = await start(platform, { controllers: [createInputController(hookurl({ ...silent, command }))] })
      const part = 'content-disposition: form-data; name="file"; filename="a.txt"\r\ncontent-type: text/plain'
      const body = `--x\r\n${part}\r\n\r\nhello\r\n--x--\r\n`
      const headers = { 'content-type': 'multipart/form-data; boundary=x' }
      const response = await send({ method: 'POST', path: mintPathTo('file'), headers, body })
      expect(response.json()).toMatchObject({ size: 5 })
    })

    test('has its pipes', async () => {
      const pipe = { transform: (value: unknown, { type }: { type: string }) => (type === 'param' ? 'piped' : value) }
      const configure = (app: INestApplication): void => void app.useGlobalPipes(pipe)
      const module = { controllers: [createInputController(hookurl({ ...silent, command }))] }
      const { send } = await start(platform, module, { configure })
      expect((await send({ method: 'POST', path: mintPathTo('pipe/x') })).json()).toEqual({ name: 'piped' })
    })
  })

  test('a global guard that denies a request leaves its use', async () => {
    let isAllowed = false
    const { module, countRuns } = createController(hookurl(guardOptions()))
    const configure = (app: INestApplication): void => void app.useGlobalGuards({ canActivate: () => isAllowed })
    const { send } = await start(platform, module, { configure })
    const request = createRequest('route')
    expect((await send(request)).status).toBe(403)
    isAllowed = true
    expect(summarize(await send(request))).toMatch(/from the route$/)
    expect(countRuns()).toBe(1)
  })

  test('a later guard that denies a request uses the URL up, although the route does not run', async () => {
    let runs = 0
    @Controller('route')
    class DeniedController {
      @All(wildcard)
      @UseGuards(hookurl(guardOptions()), { canActivate: () => false })
      run() {
        runs++
      }
    }
    const { send } = await start(platform, { controllers: [DeniedController] })
    const [first, second] = await sendTwice(send, createRequest('route'))
    expect(first).toMatch(/^403 /)
    expect([second, runs]).toEqual(['410 already_used', 0])
  })

  test('two guards of one route need the commands of both', async () => {
    @Controller()
    class TwiceController {
      @All(`route/${wildcard}`)
      @UseGuards(hookurl({ ...silent, command: '*' }), hookurl({ ...silent, command: '/other' }))
      run() {
        return 'from the route'
      }
    }
    const { send } = await start(platform, { controllers: [TwiceController] })
    const pathOf = (minted: string): string => mintPath({ command: minted }).replace('/hooks', '/route')
    expect((await send({ method: 'POST', path: pathOf(command) })).json()).toMatchObject({ code: 'wrong_command' })
    expect((await send({ method: 'POST', path: pathOf('/other') })).text).toBe('from the route')
  })

  describe('a guard with inject', () => {
    class Config {
      readonly keys: string = key
    }
    const route = { method: 'POST', path: mintPath().replace('/hooks', '/route') }

    test('gets its options from providers', async () => {
      const guard = hookurl({
        inject: [Config, 'COMMAND'],
        useFactory: ({ keys }: Config, name: string) => ({ ...silent, keys, command: name }),
      })
      const providers = [Config, { provide: 'COMMAND', useValue: command }]
      const { send } = await start(platform, { ...createController(guard).module, providers })
      expect((await send(route)).text).toBe('from the route')
      expect((await send({ ...route, path: `${route.path}A` })).status).toBe(400)
    })

    test('gets providers of the scope of a request', async () => {
      class RequestConfig extends Config {}
      const guard = hookurl({
        inject: [RequestConfig],
        useFactory: ({ keys }: RequestConfig) => ({ ...silent, keys, command }),
      })
      const providers = [{ provide: RequestConfig, useClass: RequestConfig, scope: Scope.REQUEST }]
      const { send } = await start(platform, { ...createController(guard).module, providers })
      expect((await send(route)).text).toBe('from the route')
      expect((await send({ ...route, path: `${route.path}A` })).status).toBe(400)
    })

    test('counts uses across modules in a store outside of useFactory', async () => {
      const uses = memoryUseStore()
      let calls = 0
      const guard = hookurl({
        inject: [],
        useFactory: () => {
          calls++
          return { ...silent, command, uses }
        },
      })
      class OtherModule {}
      @Controller('other')
      @UseGuards(guard)
      class OtherController {
        @All(wildcard)
        run() {
          return 'from the other route'
        }
      }
      Module({ controllers: [OtherController] })(OtherModule)
      const { send } = await start(platform, { ...createController(guard).module, imports: [OtherModule] })
      expect(calls).toBe(2)
      const request = createRequest('route')
      expect(summarize(await send(request))).toBe('200 from the route')
      const other = { ...request, path: request.path.replace('/route', '/other') }
      await expect.poll(async () => summarize(await send(other))).toBe('410 already_used')
    })

    test('stops the application if its options are invalid', async () => {
      const guard = hookurl({ inject: [Config], useFactory: () => ({ keys: 'hks_', command }) })
      const starting = start(platform, { ...createController(guard).module, providers: [Config] })
      await expectOptionError(() => starting, /key/, 'invalid_key')
    })
  })
})

test('a guard checks its options at once', async () => {
  await expectOptionError(() => hookurl({ keys: key } as never), /command/)
  await expectOptionError(() => hookurl({ ...silent, command, handlers: {} } as never), /handlers/)
  await expectOptionError(() => hookurl(undefined as never), /options/)
})

test('a guard rejects a context that is not HTTP', async () => {
  const Guard = hookurl({ ...silent, command })
  const context = { getType: () => 'graphql', switchToHttp: () => ({ getRequest: () => [], getResponse: () => {} }) }
  await expectOptionError(() => new Guard().canActivate(context), /HTTP/)
})

describe('a receiver in main.ts', () => {
  const receiver = { ...silent, handlers: { [command]: (hook: { payload: unknown }) => Response.json(hook.payload) } }
  const post = { method: 'POST', path: mintPath(), headers: json, body: '{"a":1}' }

  /** Mounts the receiver of Express, next to a controller that catches everything. */
  function mount(prepare: (app: NestExpressApplication) => unknown) {
    @Controller()
    class RestController {
      @All('*rest')
      rest() {
        return 'from the controller'
      }
    }
    const configure = (app: INestApplication): unknown => prepare(app as NestExpressApplication)
    return start('express', { controllers: [RestController] }, { configure })
  }

  test('app.use runs before the body parsers of Nest', async () => {
    const { send, log } = await mount((app) => app.use('/hooks', expressHookurl(receiver)))
    expect((await send(post)).json()).toEqual({ a: 1 })
    expect((await send({ ...post, body: '{' })).json()).toMatchObject({ code: 'malformed_body' })
    expect(log).toEqual([])
  })

  test('app.use after useBodyParser runs behind that parser', async () => {
    const { send } = await mount((app) => app.useBodyParser('json').use('/hooks', expressHookurl(receiver)))
    expect((await send(post)).json()).toEqual({ a: 1 })
    expect((await send({ ...post, body: '{' })).json()).not.toHaveProperty('code')
  })

  test('app.use after app.init runs too late', async () => {
    const { send } = await mount(async (app) => (await app.init()).use('/hooks', expressHookurl(receiver)))
    expect((await send(post)).text).toBe('from the controller')
  })

  test('a request without a token reaches the controllers', async () => {
    const { send } = await mount((app) => app.use('/hooks', expressHookurl(receiver)))
    expect((await send({ path: '/hooks/none' })).text).toBe('from the controller')
  })

  test('a global prefix does not move app.use', async () => {
    const { send } = await mount((app) => app.setGlobalPrefix('api').use('/hooks', expressHookurl(receiver)))
    expect((await send(post)).json()).toEqual({ a: 1 })
  })

  test('app.register of Fastify runs without its body parsers', async () => {
    const configure = (app: INestApplication): void => {
      app.setGlobalPrefix('api')
      ;(app as NestFastifyApplication).register(fastifyHookurl(receiver), { prefix: '/hooks' })
    }
    const { send, log } = await start('fastify', {}, { configure })
    expect((await send(post)).json()).toEqual({ a: 1 })
    expect((await send({ ...post, headers: { 'content-type': 'text/csv' }, body: 'a,b' })).json()).toBe('a,b')
    expect((await send({ path: '/hooks/none' })).json()).toMatchObject({ statusCode: 404 })
    expect(log).toEqual([])
  })
})
