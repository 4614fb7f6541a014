#!/usr/bin/env node
'use strict'

const { existsSync, mkdirSync, statSync } = require('node:fs')
const nodeModule = require('node:module')
const { join, isAbsolute } = require('node:path')

// Compiled code is kept between runs, in a folder that only the user can write to, because Node runs what it finds there.
// Its default folder is in /tmp, where another user could create it first. Without such a folder, the program is compiled
// again.
function keepCompiledCode() {
  const { XDG_CACHE_HOME = '', HOME = '', NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env
  // Node 22.8 and later; NODE_COMPILE_CACHE has enabled it already.
  if (nodeModule.enableCompileCache === undefined || NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return
  const caches = isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME, '.cache')
  // Windows has another home, and no owners and modes to check.
  if (!isAbsolute(caches) || process.platform === 'win32') return
  const folder = join(caches, 'hookurl')
  try {
    // One by one: with `recursive`, Node never returns if the home is a folder in /proc that does not exist.
    for (const path of [caches, folder]) if (!existsSync(path)) mkdirSync(path, 0o700)
    const { uid, mode } = statSync(folder)
    if (uid === process.geteuid() && (mode & 0o022) === 0) nodeModule.enableCompileCache(folder)
  } catch {
    // A home that cannot be written to, as in a container.
  }
}

keepCompiledCode()
require('../bundle/main.js')
