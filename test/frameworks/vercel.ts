import type { Framework } from './framework.ts'

const vercelCli = 'vercel@64.0.2'

/** Functions of a project without a framework, run by `vercel dev`. */
export const vercel: Framework = {
  name: 'Vercel Functions',
  scaffold: [],
  template: {
    'package.json': JSON.stringify({
      name: 'app',
      private: true,
      type: 'module',
      // This version of the program names a version that its registry does not have.
      overrides: { sandbox: '4.5.0' },
    }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', noEmit: true, types: ['node'] },
      include: ['api', 'lib'],
    }),
    // `vercel build` works offline if the project is linked.
    '.vercel/project.json': JSON.stringify({ orgId: 'team_1', projectId: 'prj_1', settings: { framework: null } }),
  },
  packages: [vercelCli, 'typescript@5.9.3', '@types/node@22.20.7'],
  files: {
    'lib/hookurl.ts': 'framework-hookurl',
    'api/hooks.ts': 'framework-vercel',
    'vercel.json': 'framework-vercel-routes',
  },
  check: ['npx', '--no', 'tsc'],
  build: [
    ['npx', '--no', 'vercel', 'build', '--yes', '--token', 'none'],
    // `vercel dev` works offline if the project is not linked.
    ['node', '--eval', "fs.rmSync('.vercel', { recursive: true })"],
  ],
  program: ['node_modules/vercel/dist/vc.js', 'dev', '--local', '--yes', '--listen', 'localhost:$PORT'],
  ready: /Ready! Available at http:\/\/[^\s/]+:(\d+)/,
}
