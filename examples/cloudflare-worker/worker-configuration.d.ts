// What `npx wrangler@4 types` generates from `.env` and `wrangler.toml`, as far as the Worker uses it.
declare module 'cloudflare:workers' {
  export const env: { readonly HOOKURL_KEYS: string }
}
