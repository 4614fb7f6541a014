import { astro } from './astro.ts'
import { azure } from './azure.ts'
import { elysia } from './elysia.ts'
import type { Framework } from './framework.ts'
import { googleCloud } from './google-cloud.ts'
import { h3 } from './h3.ts'
import { nestFrameworks } from './nest.ts'
import { netlify } from './netlify.ts'
import { nextPages } from './next-pages.ts'
import { nitro } from './nitro.ts'
import { nuxt } from './nuxt.ts'
import { reactRouter } from './react-router.ts'
import { svelteKit } from './sveltekit.ts'
import { tanstackStart } from './tanstack-start.ts'
import { vercel } from './vercel.ts'

export const frameworks: readonly Framework[] = [
  ...svelteKit,
  ...astro,
  ...nuxt,
  ...nitro,
  ...h3,
  ...reactRouter,
  ...tanstackStart,
  ...elysia,
  ...nestFrameworks,
  nextPages,
  googleCloud,
  azure,
  vercel,
  netlify,
]
