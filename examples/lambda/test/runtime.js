// Runs the built function as Lambda does: it receives events as JSON and returns results as JSON.
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'

const { handler } = await import(pathToFileURL(argv[2] ?? '').href)

process.on('message', async (message) => {
  const { id, event } = /** @type {{ id: number, event: unknown }} */ (message)
  process.send?.({ id, result: await handler(event, {}) })
})
process.send?.('ready')
