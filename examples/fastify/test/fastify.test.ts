import { fileURLToPath } from 'node:url'
import { testNodeServer } from '../../support/node-server.ts'

testNodeServer('fastify', fileURLToPath(new URL('..', import.meta.url)))
