// Uses the packages in a browser; `outcome` is `works` or the error.
import { use } from './use.mjs'

Object.assign(globalThis, { outcome: use().catch((error) => String(error)) })
