import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './io.js'

/** The skill for coding agents. The folder has the skill's name, and is where agents and package managers look for it. */
export const skill = 'skills/hookurl/SKILL.md'

/** The packages that contain it: one of them is in every project that receives hooks or uses the command line. */
const targets = ['packages/cli', 'packages/verify'].map((folder) => join(root, folder, skill))

/** Returns whether the packages contain the skill. */
export function hasSkill() {
  return targets.every((target) => existsSync(target))
}

/** Copies the skill into the packages. */
export function copySkill() {
  for (const target of targets) {
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(join(root, skill), target)
  }
}
