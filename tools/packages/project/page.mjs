// A page in a browser: what came of it, or why nothing did.
import { use } from './use.mjs'

Object.assign(globalThis, { outcome: use().catch((error) => String(error)) })
