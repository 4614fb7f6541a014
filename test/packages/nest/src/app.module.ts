import { hookurl } from '@hookurl/verify/express'
import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common'
import { AppController } from './app.controller'
import { AppService } from './app.service'
import { ApprovalsController, keys } from './approvals.controller'

@Module({
  controllers: [AppController, ApprovalsController],
  providers: [AppService, { provide: 'KEYS', useValue: keys }],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(hookurl({ keys, command: '/approve' })).forRoutes('approve/:token')
  }
}
