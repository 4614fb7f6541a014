import { answer } from './app.ts'
import type { Ask } from './place.ts'

// As a service worker's event has it.
const context = { waitUntil: () => {} }

const ask: Ask = async (path, asked) => {
  const response = await answer(new Request(location.origin + path, asked), context)
  return { status: response.status, location: response.headers.get('location'), body: await response.text() }
}

Object.assign(globalThis, { ask })
