import { handle } from './app.ts'
import type { SendRequest } from './runtime.ts'

// As a service worker's event has it.
const context = { waitUntil: () => {} }

const ask: SendRequest = async (path, asked) => {
  const response = await handle(new Request(location.origin + path, asked), context)
  return { status: response.status, location: response.headers.get('location'), body: await response.text() }
}

Object.assign(globalThis, { ask })
