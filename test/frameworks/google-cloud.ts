import { fileURLToPath } from 'node:url'
import { versionOf } from '../packages/project.ts'
import type { Framework } from './framework.ts'

/** Two functions, each run by the program of the Functions Framework. */
export const googleCloud: Framework = {
  name: 'Google Cloud Functions',
  scaffold: [],
  template: {
    'package.json': JSON.stringify({ name: 'app', private: true, type: 'module', main: 'dist/index.js' }),
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
    `@google-cloud/functions-framework@${versionOf('@google-cloud/functions-framework')}`,
    `typescript@${versionOf('typescript')}`,
    '@types/node@22.20.7',
  ],
  files: { 'src/index.ts': 'framework-google-cloud' },
  // Without the dashes, npx takes the option for its own.
  check: ['npx', '--no', '--', 'tsc', '--noEmit'],
  build: [['npx', '--no', 'tsc']],
  program: [fileURLToPath(new URL('hosts/google-cloud.ts', import.meta.url)), 'hooks', 'approve'],
}
