import { findBreaches } from './find-breaches.ts'
import type { Rounds } from './processes.ts'
import type { ClientName, Outcome } from './scenario.ts'

/** Prints a row for each call and fault: for each client the first response, its time, and the runs. */
export function printOutcomes(outcomes: readonly Outcome[], clients: readonly ClientName[]): void {
  const rows = new Map<string, Record<string, string>>()
  for (const outcome of outcomes) {
    const { mode, call, fault, client } = outcome.scenario
    const name = `${mode} ${call} ${fault.name}`
    const row = rows.get(name) ?? { mode, call, fault: fault.name }
    rows.set(name, row)
    const { firstResponse, ms, runs } = outcome
    row[client] = `${firstResponse}, ${ms} ms, runs ${runs}${findBreaches(outcome).length === 0 ? '' : ' BREACH'}`
  }
  console.table([...rows.values()], ['mode', 'call', 'fault', ...clients])
}

export function printRounds(all: readonly Rounds[]): void {
  console.table(all.map(({ what, rounds, breaches }) => ({ what, rounds, breaches: breaches.length })))
}
