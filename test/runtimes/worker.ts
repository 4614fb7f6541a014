import { answer } from './app.ts'

export default { fetch: (request: Request, _env: unknown, context: unknown) => answer(request, context) }
