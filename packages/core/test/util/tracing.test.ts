import { tracingChannel } from 'node:diagnostics_channel'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTracer as createOnNode } from '../../src/util/tracing.node.ts'
import { createTracer as createOnWeb } from '../../src/util/tracing.web.ts'
import { createTracer as createOnWorkerd } from '../../src/util/tracing.workerd.ts'

const { start } = tracingChannel('hookurl:test')
const onStart = (): void => {}

beforeEach(() => start.subscribe(onStart))
afterEach(() => {
  start.unsubscribe(onStart)
  vi.unstubAllGlobals()
})

test('on Node, a tracer is active while anyone subscribes', () => {
  const tracer = createOnNode('hookurl:test')
  expect(tracer.isActive()).toBe(true)
  start.unsubscribe(onStart)
  expect(tracer.isActive()).toBe(false)
})

test('elsewhere, a tracer is never active, and runs the call', async () => {
  const tracer = createOnWeb('hookurl:test')
  expect(tracer.isActive()).toBe(false)
  expect(tracer.traceSync({}, () => 1)).toBe(1)
  expect(await tracer.tracePromise({}, async () => 2)).toBe(2)
})

test('on workerd, the channels come from the process that nodejs_compat provides', () => {
  vi.stubGlobal('process', { getBuiltinModule: () => ({ tracingChannel }) })
  expect(createOnWorkerd('hookurl:test').isActive()).toBe(true)
})

const withoutChannels: readonly [what: string, process: object | undefined][] = [
  ['a process', undefined],
  ['builtin modules', {}],
  ['the module', { getBuiltinModule: () => undefined }],
  ['tracing channels', { getBuiltinModule: () => ({}) }],
]
test.each(withoutChannels)('on workerd without %s, a tracer is never active', (_, process) => {
  vi.stubGlobal('process', process)
  expect(createOnWorkerd('hookurl:test').isActive()).toBe(false)
})
