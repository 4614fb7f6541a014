import type { Framework } from './framework.ts'

const netlifyCli = 'netlify-cli@27.10.2'

/** Functions of a site, run by `netlify dev`. */
export const netlify: Framework = {
  name: 'Netlify Functions',
  scaffold: [],
  template: {
    'package.json': JSON.stringify({ name: 'app', private: true, type: 'module' }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        strict: true,
        module: 'esnext',
        moduleResolution: 'bundler',
        target: 'es2023',
        noEmit: true,
        types: ['node'],
      },
      include: ['netlify', 'lib'],
    }),
    'netlify.toml': '[build]\npublish = "public"\n\n[dev]\nframework = "#static"\n',
    'public/index.html': '<!doctype html><title>Netlify</title><h1>Netlify</h1>\n',
  },
  packages: [netlifyCli, '@netlify/functions@6.0.0', 'typescript@5.9.3', '@types/node@22.20.7'],
  files: { 'lib/hookurl.ts': 'framework-hookurl', 'netlify/functions/hooks.ts': 'framework-netlify' },
  check: ['npx', '--no', 'tsc'],
  build: [['npx', '--no', 'netlify', 'build', '--offline']],
  // Edge functions need a program from outside the registry.
  program: [
    'node_modules/netlify-cli/bin/run.js',
    'dev',
    '--offline',
    '--no-open',
    '--internal-disable-edge-functions',
    '--port=$PORT',
  ],
  ready: /ready: http:\/\/[^\s/]+:(\d+).*Loaded function \w+.*Loaded function/s,
  // `netlify dev` repeats a request that got 403 or 404, with `.html` at the end of the path.
  statuses: { otherCommand: 400 },
}
