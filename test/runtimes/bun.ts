import { handle } from './app.ts'

interface Bun {
  serve(options: {
    port: number
    hostname: string
    fetch(request: Request, server: unknown): Response | Promise<Response>
  }): {
    port: number
  }
}

const { Bun } = globalThis as unknown as { Bun: Bun }
const { port } = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: handle })
console.log(`listening on ${port}`)
