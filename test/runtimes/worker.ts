import { handle } from './app.ts'

export default { fetch: (request: Request, _env: unknown, context: unknown) => handle(request, context) }
