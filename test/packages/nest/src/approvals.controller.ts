import { createMinter } from '@hookurl/core'
import { Controller, Get, Post, Req } from '@nestjs/common'
import type { Request } from 'express'

export const keys = 'hks_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
const minter = createMinter({ keys, baseUrl: 'https://shop.example.com/approve', expiresIn: '1h' })

@Controller()
export class ApprovalsController {
  @Get('new')
  getUrl(): string {
    return minter.mintSync({ command: '/approve', userId: 42 })
  }

  @Post('approve/*token')
  approve(@Req() request: Request): string {
    return `approved by ${request.hook?.userId}`
  }
}
