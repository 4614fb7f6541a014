import { azure } from './azure.ts'
import { googleCloud } from './google-cloud.ts'
import { nestFrameworks } from './nest.ts'
import { netlify } from './netlify.ts'
import { nextPages } from './next-pages.ts'
import { vercel } from './vercel.ts'

/** A framework whose applications use hookurl as its section of `docs/frameworks.md` says. */
export interface Framework {
  readonly name: string
  /** The commands that create an application in the folder `app`, with nothing installed. */
  readonly scaffold: readonly Command[]
  /** Files of the application that the commands do not create. */
  readonly template: Files
  /** What is installed, in addition to `@hookurl/verify`, zod and what the scaffold lists. */
  readonly packages: readonly string[]
  /**
   * The files that a page says to write. Their content is the name of a snippet. A file whose path contains `hooks` is also
   * written for the guard, with `approve` instead of `hooks` and `receive`, in the path and in the code.
   */
  readonly files: Files
  /** What replaces parts of the snippets: what the page says, and what only the check needs. */
  readonly edits?: Readonly<Record<string, string>>
  /** The same, for the files that let services send forms, if the framework rejects a form without an `Origin`. */
  readonly filesForForms?: Files
  /** The commands that check and build the application. */
  readonly build: readonly Command[]
  /** The built program with its arguments, for Node. It gets the variables `HOST` and `PORT`; `$PORT` in an argument is the port. */
  readonly program: readonly string[]
  /** Matches what the program prints once it is ready, with the port in a group; by default a URL. */
  readonly ready?: RegExp
  /** The path before `/hooks` and `/approve`, such as `/api`. */
  readonly prefix?: string
  /** The statuses of a PUT and of a URL for another command, where the framework responds instead of hookurl. */
  readonly statuses?: { readonly put?: number; readonly otherCommand?: number }
}

type Command = readonly string[]
type Files = Readonly<Record<string, string>>

const sv: Command = ['npx', '--yes', 'sv@0.17.1']

const svelteTools = ['svelte@5.57.3', 'vite@8.4.0', '@types/node@22.20.7'] as const
const svelteKit: Omit<Framework, 'name' | 'packages'> = {
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
  build: [
    ['npm', 'run', 'check'],
    ['npm', 'run', 'build'],
  ],
  program: ['build/index.js'],
}

export const frameworks: readonly Framework[] = [
  {
    ...svelteKit,
    name: 'SvelteKit 2',
    packages: ['@sveltejs/kit@2.70.4', '@sveltejs/adapter-node@5.5.4', ...svelteTools],
  },
  {
    ...svelteKit,
    name: 'SvelteKit 3',
    // The scaffold is for SvelteKit 2, from which these files differ.
    template: {
      'tsconfig.json': JSON.stringify({ extends: '$app/tsconfig', include: ['src', '*'] }),
      'src/routes/+layout.svelte': '<script>let { children } = $props()</script>{@render children()}',
    },
    packages: ['@sveltejs/kit@3.2.0', '@sveltejs/adapter-node@6.0.1', ...svelteTools],
  },
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
    packages: [
      'astro@7.3.5',
      '@astrojs/node@11.1.6',
      '@astrojs/check@0.9.6',
      'typescript@5.9.3',
      '@types/node@22.20.7',
    ],
    files: { 'src/lib/hookurl.ts': 'framework-hookurl', 'src/pages/hooks/[...token].ts': 'framework-astro' },
    filesForForms: { 'astro.config.mjs': 'framework-astro-forms' },
    build: [
      ['npx', '--no', 'astro', 'check'],
      ['npx', '--no', 'astro', 'build'],
    ],
    program: ['dist/server/entry.mjs'],
  },
  ...nestFrameworks,
  nextPages,
  googleCloud,
  azure,
  vercel,
  netlify,
]
