import { fileURLToPath } from 'node:url'
import { testNodeServer } from '../../support/node-server.ts'

testNodeServer('hono', fileURLToPath(new URL('..', import.meta.url)))
