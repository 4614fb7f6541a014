import { createMinter } from '@hookurl/core'
import { type GuardedRequest, hookurl } from '@hookurl/verify/nest'
import { All, Controller, Get, Post, Req, UseGuards } from '@nestjs/common'
import type { Request } from 'express'

export const keys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const minter = createMinter({ keys, baseUrl: 'https://shop.example.com/approve', expiresIn: '1h' })
const ApproveGuard = hookurl({
  inject: ['KEYS'],
  useFactory: (given: string) => ({ keys: given, command: '/approve' }),
})

@Controller()
export class ApprovalsController {
  @Get('new')
  getUrl(): string {
    return minter.mintSync({ command: '/approve', userId: 42 })
  }

  @Post('approve/:token')
  approve(@Req() request: Request): string {
    return `approved by ${request.hook?.userId}`
  }

  @All('guarded/:token')
  @UseGuards(ApproveGuard)
  approveGuarded(@Req() { hook }: GuardedRequest): string {
    return `approved by ${hook.userId}`
  }
}
