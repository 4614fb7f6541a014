import { versionOf } from '../packages/project.ts'
import type { Framework } from './framework.ts'

const common: Omit<Framework, 'name' | 'packages' | 'files' | 'program'> = {
  // There is no scaffold.
  scaffold: [],
  template: {
    'package.json': JSON.stringify({ name: 'app', type: 'module', private: true }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: 'es2023',
        module: 'nodenext',
        allowImportingTsExtensions: true,
        types: ['node'],
      },
    }),
  },
  check: ['npx', '--no', 'tsc'],
  build: [],
}

const typescript = `typescript@${versionOf('typescript')}`

export const h3: readonly Framework[] = [
  {
    ...common,
    name: 'h3 2',
    packages: [`h3@${versionOf('h3')}`, typescript],
    files: { 'hookurl.ts': 'framework-hookurl', 'server.ts': 'framework-h3' },
    program: ['server.ts'],
  },
  {
    ...common,
    name: 'h3 1',
    packages: [`h3@${versionOf('h3-1')}`, 'listhen@1.10.1', typescript],
    files: { 'hookurl.ts': 'framework-hookurl', 'app.ts': 'framework-h3-1' },
    program: ['node_modules/listhen/bin/listhen.mjs', './app.ts'],
  },
]
