import type { Framework } from './framework.ts'

const version = '16.4.3'

export const nextPages: Framework = {
  name: 'Next, pages router',
  scaffold: [
    [
      ...[
        'npx',
        '--yes',
        `create-next-app@${version}`,
        'app',
        '--ts',
        '--no-app',
        '--no-src-dir',
        '--no-tailwind',
        '--empty',
      ],
      ...[
        '--no-eslint',
        '--no-react-compiler',
        '--import-alias=@/*',
        '--use-npm',
        '--skip-install',
        '--disable-git',
        '--yes',
      ],
    ],
  ],
  template: {},
  packages: [`next@${version}`],
  files: {
    'lib/hookurl.ts': 'framework-next-pages-hookurl',
    'pages/api/hooks/[[...token]].ts': 'framework-next-pages',
  },
  prefix: '/api',
  check: ['npx', '--no', 'tsc', '--', '--noEmit'],
  build: [['npm', 'run', 'build']],
  program: ['node_modules/next/dist/bin/next', 'start'],
}
