import { fileURLToPath } from 'node:url'
import { versionOf } from '../packages/project.ts'
import type { Framework } from './framework.ts'

/** The functions of an application, called by an imitation of Azure's host. */
export const azure: Framework = {
  name: 'Azure Functions',
  scaffold: [],
  template: {
    'package.json': JSON.stringify({ name: 'app', private: true, type: 'module', main: 'dist/functions/*.js' }),
    'host.json': JSON.stringify({ version: '2.0' }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        strict: true,
        module: 'nodenext',
        target: 'es2023',
        rootDir: 'src',
        outDir: 'dist',
        types: ['node'],
      },
      include: ['src'],
    }),
  },
  packages: [
    `@azure/functions@${versionOf('@azure/functions')}`,
    `typescript@${versionOf('typescript')}`,
    '@types/node@22.20.7',
  ],
  files: { 'src/hookurl.ts': 'framework-hookurl', 'src/functions/hooks.ts': 'framework-azure' },
  // Without the dashes, npx takes the option for its own.
  check: ['npx', '--no', '--', 'tsc', '--noEmit'],
  build: [['npx', '--no', 'tsc']],
  program: [fileURLToPath(new URL('hosts/azure.ts', import.meta.url))],
  prefix: '/api',
  // Azure has no route for other methods.
  statuses: { put: 404 },
}
