// Checks the Compose files as files, and that they match the processes that the other tests run.
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { recordCheck } from '../../support/record-check.ts'
import { redisSettings, variants } from '../load-test/variants.ts'

afterAll(() => recordCheck('cluster', 'the Compose files as files: they match the processes of the tests'))

const here = new URL('../', import.meta.url)

// The part of the Compose specification that the file uses; any other key is a typo.
const service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)).optional(),
  volumes: z.array(z.string().regex(/^[^:]+:\/[^:]+(?::ro)?$/)).optional(),
  depends_on: z
    .union([z.array(z.string()), z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') }))])
    .optional(),
  healthcheck: z
    .strictObject({ test: z.tuple([z.literal('CMD')], z.string()), interval: z.string(), retries: z.int() })
    .optional(),
  deploy: z.strictObject({ replicas: z.int().min(2) }).optional(),
  profiles: z.array(z.string()).optional(),
  restart: z.enum(['no', 'unless-stopped']),
  init: z.boolean().optional(),
})
const composition = z.strictObject({
  'x-node': z.unknown(),
  'x-receiver': z.unknown(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
})

const files = [
  { name: 'compose.yaml', variant: variants.redis },
  { name: 'compose.postgres.yaml', variant: variants.postgres },
]

describe.each(files)('$name', ({ name: file, variant }) => {
  const { services, volumes } = readComposition(file)
  const entries = Object.entries(services)
  const receivers = entries.filter(([, { command }]) => command?.includes(variant.receiver))

  test('a service depends on existing services only, and on health only where there is a health check', () => {
    for (const [, { depends_on: needs = [] }] of entries) {
      const names = Array.isArray(needs) ? needs : Object.keys(needs)
      for (const name of names) expect(Object.keys(services)).toContain(name)
      if (!Array.isArray(needs)) for (const name of names) expect(services[name]?.healthcheck).toBeDefined()
    }
  })

  test('every file and volume of a service exists', () => {
    for (const [, { build, command = [], volumes: mounts = [] }] of entries) {
      if (build !== undefined) expect(existsSync(new URL(`${build.context}/${build.dockerfile}`, here))).toBe(true)
      for (const script of command.filter((each) => each.endsWith('.ts')))
        expect(existsSync(new URL(script, here))).toBe(true)
      for (const [source = ''] of mounts.map((mount) => mount.split(':'))) {
        expect(source.startsWith('./') ? existsSync(new URL(source, here)) : source in volumes).toBe(true)
      }
    }
  })

  test('nginx forwards to the receivers at their port', () => {
    const servers = [...read('hooks.conf').matchAll(/^ +server (receiver-\d+):(\d+) /gm)].map(([, name, port]) => [
      name,
      port,
    ])
    expect(servers).toEqual(receivers.map(([name, { environment }]) => [name, environment?.PORT]))
    expect(read('hooks.conf')).toContain(`listen ${services.nginx?.ports?.[0]?.split(':')[2]};`)
  })

  test('the receivers and the workers get the URL of the database', () => {
    const programs = entries.filter(([, { command }]) =>
      [variant.receiver, variant.worker].some((script) => script !== undefined && command?.includes(script)),
    )
    expect(programs).toHaveLength(variant.worker === undefined ? 3 : 4)
    for (const [, { environment }] of programs) expect(environment).toHaveProperty(variant.variable)
  })

  test('only the receivers and the load generator have the key', () => {
    const holders = entries
      .filter(([, { environment }]) => environment?.HOOKURL_KEYS !== undefined)
      .map(([name]) => name)
    expect(holders).toEqual(['receiver-1', 'receiver-2', 'receiver-3', 'load'])
  })
})

test('Redis has the same settings as in the other tests', () => {
  expect(readComposition('compose.yaml').services.redis?.command).toEqual(['redis-server', ...redisSettings])
})

function readComposition(name: string): z.output<typeof composition> {
  return composition.parse(parse(read(name), { merge: true }))
}

function read(name: string): string {
  return readFileSync(new URL(name, here), 'utf8')
}
