import type { Crashes } from './crashes.ts'
import { findBreaches } from './find-breaches.ts'
import type { Rounds } from './processes.ts'
import type { Outcome } from './scenario.ts'

/** Prints a row for each call and fault: for each client the first response, its time, and the runs. */
export function printOutcomes(outcomes: readonly Outcome[], clients: readonly string[]): void {
  const rows = new Map<string, Record<string, string>>()
  for (const outcome of outcomes) {
    const { mode, call, fault, client } = outcome.scenario
    const name = `${mode} ${call} ${fault.name}`
    const row = rows.get(name) ?? { mode, call, fault: fault.name }
    rows.set(name, row)
    const { firstResponse, ms, runs, work } = outcome
    row[client.name] =
      `${firstResponse}, ${ms} ms, runs ${runs}${work === undefined ? '' : `, work ${work}`}${findBreaches(outcome).length === 0 ? '' : ' BREACH'}`
  }
  console.table([...rows.values()], ['mode', 'call', 'fault', ...clients])
}

export function printRounds(all: readonly Rounds[]): void {
  console.table(all.map(({ what, rounds, breaches }) => ({ what, rounds, breaches: breaches.length })))
}

export function printCrashes(all: readonly Crashes[]): void {
  console.table(all.map(({ breaches, ...counts }) => ({ ...counts, breaches: breaches.length })))
}
