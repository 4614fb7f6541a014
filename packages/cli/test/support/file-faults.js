import fs from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'

/**
 * What an operation does: an error code; `short`, which writes one byte; `nothing`, which writes none; `lost`, which
 * writes one byte and reports all; by default, what it does otherwise.
 * @typedef {string | 'short' | 'nothing' | 'lost' | undefined} Fault
 */

const pathOperations = [
  'link',
  'lstat',
  'mkdir',
  'readdir',
  'readFile',
  'readlink',
  'realpath',
  'rename',
  'stat',
  'unlink',
]
const syncOperations = ['appendFileSync', 'linkSync', 'openSync', 'renameSync', 'unlinkSync', 'writeFileSync']
const handleOperations = ['appendFile', 'chmod', 'chown', 'close', 'stat', 'sync', 'truncate', 'write', 'writeFile']

/**
 * Calls a function before each file operation in a folder, which the function can make fail. Returns a function that
 * restores the operations.
 * @param {string} folder
 * @param {(name: string) => Fault} onOperation
 * @returns {() => void}
 */
export function interceptFiles(folder, onOperation) {
  const { open } = promises
  /** @type {Record<string, any>} */
  const originals = {}
  /** @type {Record<string, any>} */
  const originalsSync = {}
  /** @param {unknown} path */
  const isInFolder = (path) => typeof path === 'string' && `${resolve(path)}${sep}`.startsWith(`${folder}${sep}`)

  for (const name of pathOperations) {
    const original = Reflect.get(promises, name)
    originals[name] = original
    Reflect.set(promises, name, async (/** @type {unknown[]} */ ...args) => {
      if (isInFolder(args[0])) throwFault(name, onOperation(name))
      return original(...args)
    })
  }
  for (const name of syncOperations) {
    const original = Reflect.get(fs, name)
    originalsSync[name] = original
    Reflect.set(fs, name, (/** @type {unknown[]} */ ...args) => {
      if (isInFolder(args[0])) throwFault(name, onOperation(name))
      return original(...args)
    })
  }
  promises.open = async (path, ...args) => {
    if (!isInFolder(path)) return open(path, ...args)
    throwFault('open', onOperation('open'))
    return interceptHandle(await open(path, ...args), onOperation)
  }
  syncBuiltinESMExports()
  return () => {
    Object.assign(promises, originals, { open })
    Object.assign(fs, originalsSync)
    syncBuiltinESMExports()
  }
}

/**
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {(name: string) => Fault} onOperation
 */
function interceptHandle(handle, onOperation) {
  for (const name of handleOperations) {
    const original = Reflect.get(handle, name).bind(handle)
    Reflect.set(handle, name, async (/** @type {unknown[]} */ ...args) => {
      const fault = onOperation(`handle.${name}`)
      if (fault === 'nothing') return { bytesWritten: 0, buffer: args[0] }
      if (fault === 'short') return original(args[0], args[1], 1)
      if (fault === 'lost') return { ...(await original(args[0], args[1], 1)), bytesWritten: args[2] }
      if (fault !== undefined && name === 'close') await original()
      throwFault(name, fault)
      return original(...args)
    })
  }
  return handle
}

/**
 * @param {string} syscall
 * @param {Fault} code
 */
function throwFault(syscall, code) {
  if (code !== undefined) throw Object.assign(new Error(`${code}: ${syscall}`), { code, syscall })
}

// As a preload: kills the process at one of its operations.
const [folder, at] = (process.env.TEST_KILL_AT ?? '').split(' ')
if (folder !== '' && folder !== undefined) {
  let count = 0
  interceptFiles(folder, () => {
    if (count++ === Number(at)) process.kill(process.pid, 'SIGKILL')
    return undefined
  })
}
