import type { State } from '@hookurl/core'
import { invalidOption } from '@hookurl/core/internal'
import { Option } from 'commander'
import { readValue } from './input.ts'

/** The flags that set a state. */
export interface StateFlags {
  state?: string
  jsonState?: string
}

/** Creates the flags that set a state, with what it is for. */
export function createStateOptions(purpose: string): Option[] {
  return [
    new Option('--state <source>', `${purpose}: @file, or - for stdin`),
    new Option('--json-state <source>', 'the state as JSON: @file, or -').conflicts('state'),
  ]
}

/**
 * Reads the state from a file or stdin. Returns no member if it is not set.
 *
 * @throws {HookurlError} `invalid_option`
 */
export async function readState({ state, jsonState }: StateFlags): Promise<{ state?: State }> {
  if (state !== undefined) return { state: await readSource(state, '--state') }
  if (jsonState === undefined) return {}
  try {
    return { state: JSON.parse(await readSource(jsonState, '--json-state')) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw invalidOption('--json-state is not JSON', 'Write a string, an integer, true, false, null, or an array.')
  }
}

function readSource(source: string, flag: string): Promise<string> {
  if (source === '-' || source.startsWith('@')) return readValue(source, flag)
  throw invalidOption(
    `${flag} must be @file or -: other users of this machine can read the arguments of a program`,
    `Write the state to a file and pass ${flag} @file, or write it to stdin and pass ${flag} -.`,
  )
}
