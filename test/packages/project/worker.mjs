// Uses the packages in a Cloudflare Worker; responds with `works` or the error.
import { use } from './use.mjs'

export default { fetch: async () => new Response(await use().catch((error) => String(error))) }
