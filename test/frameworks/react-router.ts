import type { Framework } from './framework.ts'

const tsconfig = {
  include: ['**/*', '**/.server/**/*', '**/.client/**/*', '.react-router/types/**/*'],
  compilerOptions: {
    lib: ['DOM', 'DOM.Iterable', 'ES2022'],
    types: ['node', 'vite/client'],
    target: 'ES2022',
    module: 'ES2022',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    rootDirs: ['.', './.react-router/types'],
    paths: { '~/*': ['./app/*'] },
    esModuleInterop: true,
    verbatimModuleSyntax: true,
    noEmit: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    strict: true,
  },
}

const common: Omit<Framework, 'name' | 'packages'> = {
  // `npm create react-router` downloads its templates from outside the registry. This is `minimal`, without styles.
  scaffold: [],
  template: {
    'package.json': JSON.stringify({
      name: 'app',
      private: true,
      type: 'module',
      scripts: { build: 'react-router build', typecheck: 'react-router typegen && tsc' },
    }),
    'tsconfig.json': JSON.stringify(tsconfig),
    'react-router.config.ts': `import type { Config } from '@react-router/dev/config'

export default { ssr: true } satisfies Config
`,
    'vite.config.ts': `import { reactRouter } from '@react-router/dev/vite'
import { defineConfig } from 'vite'

export default defineConfig({ plugins: [reactRouter()], resolve: { tsconfigPaths: true } })
`,
    'app/root.tsx': `import { Links, Meta, Outlet, Scripts, ScrollRestoration } from 'react-router'

export function Layout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <head>
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  )
}

export default function App() {
  return <Outlet />
}
`,
    'app/routes/home.tsx': `export default function Home() {
  return <h1>Hello, React Router!</h1>
}
`,
  },
  files: {
    'app/hookurl.server.ts': 'framework-hookurl',
    'app/routes/hooks.ts': 'framework-react-router',
    'app/routes.ts': 'framework-react-router-routes',
  },
  check: ['npm', 'run', 'typecheck'],
  build: [['npm', 'run', 'build']],
  program: ['node_modules/.bin/react-router-serve', './build/server/index.js'],
}

const tools = [
  'isbot@5.2.3',
  'react@19.3.1',
  'react-dom@19.3.1',
  '@types/react@19.3.3',
  'typescript@5.9.3',
  'vite@8.4.0',
] as const

export const reactRouter: readonly Framework[] = ['8.4.0', '7.18.4'].map((version) => ({
  ...common,
  name: `React Router ${version.split('.')[0]}`,
  packages: [
    `react-router@${version}`,
    ...['dev', 'node', 'serve'].map((name) => `@react-router/${name}@${version}`),
    ...tools,
  ],
}))
