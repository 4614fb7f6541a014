// Generates a video with the AI SDK, which waits for the provider's notification instead of polling for the video.
import { writeFile } from 'node:fs/promises'
import { defineCommands } from '@hookurl/core'
import { createGateway, experimental_generateVideo } from 'ai'
import { startWaiter } from './waiter.ts'

const [prompt = 'A cat sees the cat.', file = 'video.mp4'] = process.argv.slice(2)
const gateway = createGateway({ baseURL: process.env.AI_GATEWAY_URL })

const { waiter, close } = await startWaiter({
  commands: defineCommands({ '/webhook': {} }),
  port: Number(process.env.PORT ?? 8787),
  baseUrl: process.env.HOOKURL_BASE_URL,
})
const { video } = await experimental_generateVideo({
  model: gateway.video('google/veo-3.1-generate-001'),
  prompt,
  webhook: () => waiter.webhook({ expiresIn: '15m' }),
})
close()

await writeFile(file, video.uint8Array)
console.log(`${file}: ${video.mediaType}, ${video.uint8Array.byteLength} bytes`)
