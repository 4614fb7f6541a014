import { handle } from './app.ts'
import type { SendRequest } from './runtime.ts'

// The part of a service worker's event that receivers use.
const context = { waitUntil: () => {} }

const send: SendRequest = async (path, request) => {
  const response = await handle(new Request(location.origin + path, request), context)
  const { status, headers } = response
  return { status, location: headers.get('location'), type: headers.get('content-type'), body: await response.text() }
}

Object.assign(globalThis, { send })
