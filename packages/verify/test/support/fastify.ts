import type { AddressInfo } from 'node:net'
import type { Hook } from '@hookurl/core'
import { hookurl } from '@hookurl/verify/fastify'
import fastify, { type FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { sendToPort } from './clients.ts'
import type { Setup, Subject } from './subjects.ts'

/** Fastify with its default parsers, and one for every other content type. */
export const fastifySubject: Subject = {
  name: 'fastify 5',
  receiver: async (options, setup = {}) => {
    // Fastify's body limit must not affect hookurl's.
    const app = prepare(setup, 64)
    app.register(hookurl(options), { prefix: setup.at ?? '/hooks' })
    return sendToPort(await start(app))
  },
  guard: async (options, route, setup = {}) => {
    const app = prepare(setup)
    if (setup.parsers !== true) {
      app.removeAllContentTypeParsers()
      app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    }
    for (const path of ['', '/*']) {
      app.all(`${setup.at ?? '/hooks'}${path}`, { preHandler: hookurl.preHandler(options) }, async (request, reply) => {
        const body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body ?? '')
        const { status = 200, headers = {}, text } = route(request.hook as Hook, request.body === undefined ? '' : body)
        return reply.code(status).headers(headers).send(text)
      })
    }
    return sendToPort(await start(app))
  },
}

function prepare({ parsers = false }: Setup, bodyLimit?: number): FastifyInstance {
  const app = fastify({ bodyLimit })
  if (parsers) app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  return app
}

async function start(app: FastifyInstance): Promise<number> {
  onTestFinished(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}
