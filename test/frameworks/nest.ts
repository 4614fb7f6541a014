import type { Framework } from './framework.ts'

const version = '12.5.1'
// Nest does not print its address.
const listen = 'await app.listen(process.env.PORT ?? 3000)'

/** An application of `nest new`, whose module has the controller of the page. */
function createNest(
  name: string,
  packages: readonly string[],
  edits: Framework['edits'] = {},
): Omit<Framework, 'files'> {
  return {
    name,
    scaffold: [
      [
        'npx',
        '--yes',
        '@nestjs/cli@12.0.8',
        'new',
        'app',
        '--skip-git',
        '--skip-install',
        '--package-manager=npm',
        '--no-observe',
      ],
    ],
    template: {
      'src/app.module.ts': `import { Module } from '@nestjs/common'
import { ConfigModule } from '@nestjs/config'
import { AppController } from './app.controller.js'
import { AppService } from './app.service.js'
import { ApproveController } from './approve.controller.js'

@Module({
  imports: [ConfigModule.forRoot({ isGlobal: true })],
  controllers: [AppController, ApproveController],
  providers: [AppService],
})
export class AppModule {}
`,
    },
    packages: [`@nestjs/core@${version}`, ...packages, `@nestjs/common@${version}`, '@nestjs/config@12.0.1'],
    edits: { [listen]: `${listen}\nconsole.log(await app.getUrl())`, ...edits },
    check: ['npx', '--no', 'tsc', '--', '--noEmit'],
    build: [['npm', 'run', 'build']],
    program: ['dist/main.js'],
  }
}

export const nestFrameworks: readonly Framework[] = [
  {
    ...createNest('NestJS on Express', [`@nestjs/platform-express@${version}`]),
    files: {
      'src/main.ts': 'nest-express',
      'src/approve.guard.ts': 'nest-guard',
      'src/approve.controller.ts': 'nest-controller',
    },
  },
  {
    ...createNest('NestJS on Fastify', ['@nestjs/platform-fastify@12.5.0'], { "'approve/*token'": "'approve/*'" }),
    files: {
      'src/main.ts': 'nest-fastify',
      'src/approve.guard.ts': 'nest-guard-inject',
      'src/approve.controller.ts': 'nest-controller',
    },
  },
]
