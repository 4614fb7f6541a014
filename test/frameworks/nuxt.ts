import type { Framework } from './framework.ts'

const packageFile = {
  name: 'app',
  private: true,
  type: 'module',
  scripts: { build: 'nuxt build', postinstall: 'nuxt prepare' },
}
const configFile = `export default defineNuxtConfig({
  compatibilityDate: '2025-07-15',
  devtools: { enabled: true },
})
`
const page = '<template>\n  <div>\n    <NuxtRouteAnnouncer />\n    <NuxtWelcome />\n  </div>\n</template>\n'
const references = ['app', 'server', 'shared', 'node'].map((name) => ({ path: `./.nuxt/tsconfig.${name}.json` }))

const common: Omit<Framework, 'name' | 'packages' | 'template'> = {
  // `npm create nuxt` downloads its templates from outside the registry. These are `v4` and `v3`.
  scaffold: [],
  files: {
    'server/utils/hookurl.ts': 'framework-hookurl',
    'server/routes/hooks/[...token].ts': 'framework-nuxt',
    'server/routes/hooks/index.ts': 'framework-nuxt',
  },
  check: ['npx', '--no', 'nuxt', 'typecheck'],
  build: [['npm', 'run', 'build']],
  program: ['.output/server/index.mjs'],
}

const tools = ['vue@3.5.45', 'vue-router@5.5.1', 'vue-tsc@3.3.14', 'typescript@5.9.3'] as const

export const nuxt: readonly Framework[] = [
  {
    ...common,
    name: 'Nuxt 4',
    template: {
      'package.json': JSON.stringify(packageFile),
      'nuxt.config.ts': configFile,
      'tsconfig.json': JSON.stringify({ files: [], references }),
      'app/app.vue': page,
    },
    packages: ['nuxt@4.5.2', ...tools],
  },
  {
    ...common,
    name: 'Nuxt 3',
    template: {
      'package.json': JSON.stringify(packageFile),
      'nuxt.config.ts': configFile,
      'tsconfig.json': JSON.stringify({ extends: './.nuxt/tsconfig.json' }),
      'server/tsconfig.json': JSON.stringify({ extends: '../.nuxt/tsconfig.server.json' }),
      'app.vue': page,
    },
    packages: ['nuxt@3.21.11', ...tools],
  },
]
