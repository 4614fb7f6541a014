import { findBreaches } from './find-breaches.ts'
import type { Rounds } from './processes.ts'
import type { ClientName, Outcome } from './scenario.ts'

/** A line for each call under each fault: what each client's caller was told, in how long, and how often it was run. */
export function printOutcomes(outcomes: readonly Outcome[], clients: readonly ClientName[]): void {
  const rows = new Map<string, Record<string, string>>()
  for (const outcome of outcomes) {
    const { mode, call, fault, client } = outcome.scenario
    const name = `${mode} ${call} ${fault.name}`
    const row = rows.get(name) ?? { mode, call, fault: fault.name }
    rows.set(name, row)
    const { first, ms, runs } = outcome
    row[client] = `${first}, ${ms} ms, runs ${runs}${findBreaches(outcome).length === 0 ? '' : ' BREACH'}`
  }
  console.table([...rows.values()], ['mode', 'call', 'fault', ...clients])
}

export function printRounds(all: readonly Rounds[]): void {
  console.table(all.map(({ what, rounds, breaches }) => ({ what, rounds, breaches: breaches.length })))
}
