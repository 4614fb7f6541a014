import { versionOf } from '../packages/project.ts'
import type { Framework } from './framework.ts'

const bun = '@oven/bun-linux-x64-baseline'

const common: Omit<Framework, 'name' | 'packages' | 'files'> = {
  // The scaffold needs Bun, and is only for it.
  scaffold: [],
  template: {
    'package.json': JSON.stringify({ name: 'app', type: 'module', private: true }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: 'es2023',
        module: 'esnext',
        moduleResolution: 'bundler',
        allowImportingTsExtensions: true,
        types: ['node'],
      },
    }),
  },
  check: ['npx', '--no', 'tsc'],
  build: [],
  program: ['server.ts'],
}

const packages = ['elysia@1.4.30', `typescript@${versionOf('typescript')}`]

export const elysia: readonly Framework[] = [
  {
    ...common,
    name: 'Elysia on Node',
    packages: [...packages, '@elysiajs/node@1.4.5'],
    files: { 'hookurl.ts': 'framework-hookurl', 'server.ts': 'framework-elysia-node' },
  },
  {
    ...common,
    name: 'Elysia on Bun',
    packages: [...packages, `${bun}@${versionOf(bun)}`],
    files: { 'hookurl.ts': 'framework-hookurl', 'server.ts': 'framework-elysia-bun' },
    runtime: `node_modules/${bun}/bin/bun`,
  },
]
