import type { Framework } from './framework.ts'

export const astro: readonly Framework[] = [
  {
    name: 'Astro',
    // `npm create astro` downloads its templates from outside the registry. This is `minimal`, with the adapter for Node.
    scaffold: [],
    template: {
      'package.json': JSON.stringify({ name: 'app', type: 'module', version: '0.0.1', private: true }),
      'tsconfig.json': JSON.stringify({ extends: 'astro/tsconfigs/strict', include: ['.astro/types.d.ts', '**/*'] }),
      'astro.config.mjs': `import node from '@astrojs/node'
import { defineConfig } from 'astro/config'

export default defineConfig({ adapter: node({ mode: 'standalone' }) })
`,
      'src/pages/index.astro': '<html lang="en"><title>Astro</title><h1>Astro</h1></html>\n',
    },
    packages: ['astro@7.3.5', '@astrojs/node@11.1.6', '@astrojs/check@0.9.6', 'typescript@5.9.3'],
    files: { 'src/lib/hookurl.ts': 'framework-hookurl', 'src/pages/hooks/[...token].ts': 'framework-astro' },
    filesForForms: { 'astro.config.mjs': 'framework-astro-forms' },
    check: ['npx', '--no', 'astro', 'check'],
    build: [['npx', '--no', 'astro', 'build']],
    program: ['dist/server/entry.mjs'],
  },
]
