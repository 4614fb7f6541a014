import { HookurlError } from '@hookurl/core'
import { assertOptions, invalidOption } from '@hookurl/core/internal'
import { type CasRow, type CasTable, type CasWrite, casUseStore } from './cas.ts'
import type { UseStore } from './store.ts'

/**
 * What hookurl uses of the AWS SDK for JavaScript 3: a `DynamoDB` has both functions; with a `DynamoDBClient`, pass
 * `(input) => client.send(new GetItemCommand(input))` and the same with `PutItemCommand`.
 */
export interface DynamoClient {
  getItem(input: DynamoGetInput): Promise<{ readonly Item?: DynamoItem | undefined }>
  putItem(input: DynamoPutInput): Promise<unknown>
}

/** An item, in the format of DynamoDB. */
export type DynamoItem = Readonly<Record<string, { readonly S?: string | undefined; readonly N?: string | undefined }>>

/** The input of `GetItem`. */
export interface DynamoGetInput {
  TableName: string
  Key: Record<string, { S: string }>
  ConsistentRead: true
}

/** The input of `PutItem`. */
export interface DynamoPutInput {
  TableName: string
  Item: Record<string, { S: string } | { N: string }>
  ConditionExpression: string
  ExpressionAttributeNames: Record<string, string>
  ExpressionAttributeValues?: Record<string, { S: string }>
}

/** The options of `dynamoUseStore`. */
export interface DynamoUseStoreOptions {
  /** The name of the table, whose partition key is the string `id`. */
  table: string
  /** The clock, in epoch milliseconds: DynamoDB has none. */
  now?: (() => number) | undefined
}

const optionNames: ReadonlySet<string> = new Set(['table', 'now'])

/**
 * Creates a use store in a table of DynamoDB in one region. The partition key of the table is the string `id`; enable
 * time to live on the attribute `expiresAt`. Leases and records use the clock of this process.
 *
 * @throws {HookurlError} `invalid_option`
 * @example
 * import { DynamoDB } from '@aws-sdk/client-dynamodb'
 * createReceiver({ keys, handlers, uses: dynamoUseStore(new DynamoDB(), { table: 'hookurl_uses' }) })
 */
export function dynamoUseStore(client: DynamoClient, options: DynamoUseStoreOptions): UseStore {
  if (typeof client?.getItem !== 'function' || typeof client.putItem !== 'function') {
    throw invalidOption(
      'dynamoUseStore needs an object with getItem and putItem',
      'Pass a DynamoDB of @aws-sdk/client-dynamodb, or two functions that send GetItemCommand and PutItemCommand.',
    )
  }
  assertOptions(options, optionNames, 'dynamoUseStore')
  const { table, now } = options
  if (typeof table !== 'string' || table === '') {
    throw invalidOption(
      'dynamoUseStore requires the name of a table',
      "Pass { table: 'hookurl_uses' }, with the name of your table.",
    )
  }
  return casUseStore(createTable(client, table), { now })
}

function createTable(client: DynamoClient, TableName: string): CasTable<string> {
  async function put(row: CasWrite, condition: Omit<DynamoPutInput, 'TableName' | 'Item'>): Promise<boolean> {
    try {
      await client.putItem({ TableName, Item: toItem(row), ...condition })
      return true
    } catch (error) {
      if (getName(error) === 'ConditionalCheckFailedException') return false
      throw describeError(error, TableName)
    }
  }

  return {
    read: async (id) => {
      try {
        const { Item } = await client.getItem({ TableName, Key: { id: { S: id } }, ConsistentRead: true })
        return Item === undefined ? undefined : toRow(Item)
      } catch (error) {
        throw describeError(error, TableName)
      }
    },
    insert: (row) =>
      put(row, { ConditionExpression: 'attribute_not_exists(#id)', ExpressionAttributeNames: { '#id': 'id' } }),
    replace: (row, version) =>
      put(row, {
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':version': { S: version } },
      }),
  }
}

function toItem({ id, record, expiresAt }: CasWrite): DynamoPutInput['Item'] {
  // Time to live is in seconds.
  const end = String(Math.ceil(expiresAt.getTime() / 1000))
  return { id: { S: id }, version: { S: crypto.randomUUID() }, record: { S: record }, expiresAt: { N: end } }
}

function toRow({ version, record }: DynamoItem): CasRow<string> {
  if (version?.S === undefined || record?.S === undefined) {
    throw new TypeError('an item in the table of the use store has no version or no record')
  }
  return { version: version.S, record: record.S }
}

function describeError(error: unknown, table: string): unknown {
  if (getName(error) !== 'ResourceNotFoundException') return error
  return new HookurlError('store_unavailable', {
    message: 'the table of the use store does not exist',
    fix: `Create ${JSON.stringify(table)} in the region of the client, with the partition key id, a string.`,
    cause: error,
  })
}

function getName(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'name') : undefined
}
