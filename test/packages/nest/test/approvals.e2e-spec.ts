import type { INestApplication } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import { AppModule } from './../src/app.module'

let app: INestApplication
let origin: string

beforeAll(async () => {
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile()
  app = testing.createNestApplication()
  await app.listen(0, '127.0.0.1')
  origin = await app.getUrl()
})

afterAll(() => app.close())

async function call(method: string, path: string): Promise<[number, string]> {
  const response = await fetch(origin + path, { method })
  return [response.status, await response.text()]
}

async function mintPath(): Promise<string> {
  const [, url] = await call('GET', '/new')
  return new URL(url).pathname
}

it('a minted URL is approved', async () => {
  expect(await call('POST', await mintPath())).toEqual([201, 'approved by 42'])
})

it('a URL without a token is rejected', async () => {
  const [status] = await call('POST', '/approve/x')
  expect(status).toBe(404)
})

it('the guard of a controller lets a minted URL through, and responds to HEAD and to a truncated URL', async () => {
  const path = (await mintPath()).replace('/approve/', '/guarded/')
  expect(await call('POST', path)).toEqual([200, 'approved by 42'])
  expect(await call('HEAD', path)).toEqual([200, ''])
  const [status] = await call('POST', path.slice(0, -1))
  expect(status).toBe(400)
})
