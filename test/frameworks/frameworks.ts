import { astro } from './astro.ts'
import type { Framework } from './framework.ts'
import { nuxt } from './nuxt.ts'
import { svelteKit } from './sveltekit.ts'

export const frameworks: readonly Framework[] = [...svelteKit, ...astro, ...nuxt]
