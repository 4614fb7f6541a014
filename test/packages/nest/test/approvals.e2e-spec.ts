import type { INestApplication } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import request from 'supertest'
import type { App } from 'supertest/types'
import { AppModule } from './../src/app.module'

let app: INestApplication<App>

beforeAll(async () => {
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile()
  app = testing.createNestApplication()
  await app.init()
})

afterAll(() => app.close())

it('a minted URL is approved', async () => {
  const { text } = await request(app.getHttpServer()).get('/new').expect(200)
  await request(app.getHttpServer()).post(new URL(text).pathname).send({ a: 1 }).expect(201, 'approved by 42')
})

it('a URL without a token is rejected', async () => {
  await request(app.getHttpServer()).post('/approve/x').expect(404)
})
