import type { Framework } from './framework.ts'

const options = ['--framework', 'React', '--blank', '--deployment', 'nitro', '--no-toolchain', '--no-intent', '--yes']

export const tanstackStart: readonly Framework[] = [
  {
    name: 'TanStack Start',
    scaffold: [
      ['npx', '--yes', '@tanstack/cli@0.71.0', 'telemetry', 'disable'],
      [
        'npx',
        '--yes',
        '@tanstack/cli@0.71.0',
        'create',
        'app',
        ...options,
        '--no-git',
        '--no-install',
        '--package-manager',
        'npm',
      ],
    ],
    template: {},
    packages: ['@tanstack/react-start@1.169.5'],
    files: {
      'src/hookurl.ts': 'framework-hookurl',
      'src/routes/hooks.$.ts': 'framework-tanstack-start',
    },
    check: ['npx', '--no', 'tsc'],
    build: [['npm', 'run', 'build']],
    program: ['.output/server/index.mjs'],
  },
]
