import { expect, onTestFinished, test, vi } from 'vitest'
import { runInProcess } from './run-in-process.ts'

test('a run neither calls nor removes the listeners that other code has added to the process', async () => {
  const listener = vi.fn()
  process.on('exit', listener)
  onTestFinished(() => void process.off('exit', listener))
  expect((await runInProcess(['--version'])).exit).toBe(0)
  expect(listener).not.toHaveBeenCalled()
  expect(process.listeners('exit')).toContain(listener)
})
