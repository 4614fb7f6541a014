import { handle } from './app.ts'

interface Deno {
  serve(
    options: { port: number; hostname: string; onListen(address: { port: number }): void },
    handler: (request: Request, info: unknown) => Response | Promise<Response>,
  ): unknown
}

const { Deno } = globalThis as unknown as { Deno: Deno }
const onListen = ({ port }: { port: number }): void => console.log(`listening on ${port}`)
Deno.serve({ port: 0, hostname: '127.0.0.1', onListen }, handle)
