import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'

/** A DynamoDB in this process, with a table for uses. */
export interface DynamoServer {
  readonly client: DynamoDB
  readonly endpoint: string
  readonly table: string
  stop(): Promise<void>
}

const table = 'hookurl_uses'
// The SDK warns about the oldest version of Node that hookurl supports.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

/** Starts a DynamoDB, and creates the table. */
export async function startDynamo(): Promise<DynamoServer> {
  const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  const client = new DynamoDB({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  await client.createTable({
    TableName: table,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  return {
    client,
    endpoint,
    table,
    stop: async () => {
      client.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
