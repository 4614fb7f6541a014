import { randomUUID } from 'node:crypto'
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { ReserveRequest } from '@hookurl/verify'
import { type DynamoClient, dynamoUseStore } from '@hookurl/verify/dynamo'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DynamoServer, startDynamo } from '../support/dynamo.ts'

let dynamo: DynamoServer

beforeAll(async () => {
  dynamo = await startDynamo()
})
afterAll(() => dynamo.stop())

const expiresAt = new Date(1_900_000_000_500)

function createRequest(owner: string, id: string): ReserveRequest {
  return { id, maxUses: 1, owner, leaseMs: 60_000, expiresAt, deliveryId: undefined, duplicateMs: 1e9 }
}

test('an item has the id, a version, the record, and its end in seconds', async () => {
  const { client, table } = dynamo
  const id = randomUUID()
  await dynamoUseStore(client, { table }).reserve(createRequest('a', id))
  const { Item } = await client.getItem({ TableName: table, Key: { id: { S: id } } })
  expect(Item).toEqual({
    id: { S: id },
    version: { S: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    record: { S: expect.stringMatching(/^\[1,1900000000500,\["a","l",/) },
    expiresAt: { N: '1900000001' },
  })
})

test('an expired item that DynamoDB has not yet deleted no longer counts', async () => {
  const { client, table } = dynamo
  const id = randomUUID()
  let time = 1_800_000_000_000
  const store = dynamoUseStore(client, { table, now: () => time })
  await store.reserve(createRequest('a', id))
  await store.commit(id, 'a', undefined)
  time = expiresAt.getTime() - 1
  expect(await store.reserve(createRequest('b', id))).toMatchObject({ result: 'already_used' })
  time = expiresAt.getTime()
  expect(await store.reserve(createRequest('b', id))).toEqual({ result: 'reserved' })
})

test('a DynamoDBClient works with one function for each command', async () => {
  const { client, table } = dynamo
  const base: DynamoDBClient = client
  const store = dynamoUseStore(
    {
      getItem: (input) => base.send(new GetItemCommand(input)),
      putItem: (input) => base.send(new PutItemCommand(input)),
    },
    { table },
  )
  const id = randomUUID()
  expect(await store.reserve(createRequest('a', id))).toEqual({ result: 'reserved' })
  expect(await store.reserve(createRequest('b', id))).toEqual({ result: 'in_progress' })
})

test('every read is consistent', async () => {
  const { client, table } = dynamo
  const reads: unknown[] = []
  const spy: DynamoClient = {
    getItem: (input) => {
      reads.push(input.ConsistentRead)
      return client.getItem(input)
    },
    putItem: (input) => client.putItem(input),
  }
  const store = dynamoUseStore(spy, { table })
  const id = randomUUID()
  await store.reserve(createRequest('a', id))
  await store.renew(id, 'a', 1)
  await store.commit(id, 'a', undefined)
  await store.release(id, 'a')
  expect(reads).toEqual([true, true, true, true])
})

test('a write that the SDK repeats after its response was lost has one effect', async () => {
  const { client, table } = dynamo
  const repeating: DynamoClient = {
    getItem: (input) => client.getItem(input),
    putItem: async (input) => {
      await client.putItem(input)
      return client.putItem(input)
    },
  }
  const store = dynamoUseStore(repeating, { table })
  const id = randomUUID()
  expect(await store.reserve(createRequest('a', id))).toEqual({ result: 'reserved' })
  expect(await store.commit(id, 'a', 'id:1')).toBe(true)
  expect(await store.reserve({ ...createRequest('b', id), deliveryId: 'id:1' })).toEqual({ result: 'duplicate' })
})

test('a missing table is reported with what to do', async () => {
  const store = dynamoUseStore(dynamo.client, { table: 'other' })
  const error = { code: 'store_unavailable', fix: expect.stringContaining('"other"') }
  await expect(store.reserve(createRequest('a', 'x'))).rejects.toMatchObject(error)
})

test('an error of the SDK is thrown', async () => {
  const putItem = () => Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }))
  const store = dynamoUseStore({ getItem: async () => ({}), putItem }, { table: 'uses' })
  await expect(store.reserve(createRequest('a', 'x'))).rejects.toThrow('slow down')
})

test('an item of another program is reported', async () => {
  const getItem = async () => ({ Item: { id: { S: 'x' } } })
  const store = dynamoUseStore({ getItem, putItem: async () => ({}) }, { table: 'uses' })
  await expect(store.reserve(createRequest('a', 'x'))).rejects.toThrow('no version or no record')
})

test('invalid options are rejected', () => {
  const create = (client: unknown, options?: unknown) => () => dynamoUseStore(client as DynamoClient, options as never)
  expect(create({ send: () => {} }, { table: 'uses' })).toThrow('getItem and putItem')
  expect(create(dynamo.client)).toThrow('requires an options object')
  expect(create(dynamo.client, { table: '' })).toThrow('requires the name of a table')
  expect(create(dynamo.client, { table: 'uses', tables: 1 })).toThrow('no option "tables"')
})
