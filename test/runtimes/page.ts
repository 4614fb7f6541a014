import { handle } from './app.ts'
import type { SendRequest } from './runtime.ts'

// The part of a service worker's event that receivers use.
const context = { waitUntil: () => {} }

const send: SendRequest = async (path, request) => {
  const response = await handle(new Request(location.origin + path, request), context)
  return { status: response.status, location: response.headers.get('location'), body: await response.text() }
}

Object.assign(globalThis, { send })
