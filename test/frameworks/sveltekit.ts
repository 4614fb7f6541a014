import type { Command, Framework } from './framework.ts'

const sv: Command = ['npx', '--yes', 'sv@0.17.1']
const tools = ['svelte@5.57.3', 'vite@8.4.0'] as const

const common: Omit<Framework, 'name' | 'packages'> = {
  scaffold: [
    [...sv, 'create', 'app', '--template', 'minimal', '--types', 'ts', '--no-add-ons', '--no-install'],
    [...sv, 'add', 'sveltekit-adapter=adapter:node', '--cwd', 'app', '--no-install', '--no-git-check'],
  ],
  template: {},
  files: {
    'src/lib/hookurl.ts': 'framework-hookurl',
    'src/routes/hooks/[...token]/+server.ts': 'framework-sveltekit',
  },
  filesForForms: { 'vite.config.ts': 'framework-sveltekit-forms' },
  check: ['npm', 'run', 'check'],
  build: [['npm', 'run', 'build']],
  program: ['build/index.js'],
}

export const svelteKit: readonly Framework[] = [
  {
    ...common,
    name: 'SvelteKit 2',
    packages: ['@sveltejs/kit@2.70.4', '@sveltejs/adapter-node@5.5.4', ...tools],
  },
  {
    ...common,
    name: 'SvelteKit 3',
    // The scaffold is for SvelteKit 2, from which these files differ.
    template: {
      'tsconfig.json': JSON.stringify({ extends: '$app/tsconfig', include: ['src', '*'] }),
      'src/routes/+layout.svelte': '<script>let { children } = $props()</script>{@render children()}',
    },
    packages: ['@sveltejs/kit@3.2.0', '@sveltejs/adapter-node@6.0.1', ...tools],
  },
]
