import { astro } from './astro.ts'
import { elysia } from './elysia.ts'
import type { Framework } from './framework.ts'
import { h3 } from './h3.ts'
import { nitro } from './nitro.ts'
import { nuxt } from './nuxt.ts'
import { reactRouter } from './react-router.ts'
import { svelteKit } from './sveltekit.ts'
import { tanstackStart } from './tanstack-start.ts'

export const frameworks: readonly Framework[] = [
  ...svelteKit,
  ...astro,
  ...nuxt,
  ...nitro,
  ...h3,
  ...reactRouter,
  ...tanstackStart,
  ...elysia,
]
