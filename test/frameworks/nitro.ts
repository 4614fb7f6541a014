import { versionOf } from '../packages/project.ts'
import type { Framework } from './framework.ts'

function createFiles(route: string): Framework['files'] {
  return {
    'server/utils/hookurl.ts': 'framework-hookurl',
    'server/routes/hooks/[...token].ts': route,
    'server/routes/hooks/index.ts': route,
  }
}

const tsconfigFile = JSON.stringify({
  compilerOptions: {
    target: 'ESNext',
    module: 'ESNext',
    moduleResolution: 'Bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: ['node'],
  },
})
const packageFile = JSON.stringify({ name: 'app', type: 'module', private: true })

const common: Omit<Framework, 'name' | 'packages' | 'template' | 'files'> = {
  // `npx create-nitro-app`, and the tool before it, download their templates from outside the registry. These are the minimal ones.
  scaffold: [],
  check: ['npx', '--no', 'tsc'],
  build: [['npx', '--no', 'nitro', 'build']],
  program: ['.output/server/index.mjs'],
}

const typescript = `typescript@${versionOf('typescript')}`

export const nitro: readonly Framework[] = [
  {
    ...common,
    name: 'Nitro 3',
    template: {
      'package.json': packageFile,
      'tsconfig.json': tsconfigFile,
      'nitro.config.ts': `import { defineConfig } from 'nitro'

export default defineConfig({ serverDir: './server' })
`,
    },
    packages: ['nitro@3.0.260903-beta', 'vite@8.4.0', typescript],
    files: createFiles('framework-nitro'),
  },
  {
    ...common,
    name: 'Nitro 2',
    template: {
      'package.json': packageFile,
      'tsconfig.json': tsconfigFile,
      'nitro.config.ts': `import { defineNitroConfig } from 'nitropack/config'

export default defineNitroConfig({ compatibilityDate: 'latest', srcDir: 'server', imports: false })
`,
      'server/routes/index.ts': `import { eventHandler } from 'h3'

export default eventHandler(() => '<h1>Nitro</h1>')
`,
    },
    packages: ['nitropack@2.13.6', `h3@${versionOf('h3-1')}`, typescript],
    files: createFiles('framework-nitro-2'),
  },
]
