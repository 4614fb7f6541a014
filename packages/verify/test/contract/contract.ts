import { describe } from 'vitest'
import type { Subject } from '../support/subjects.ts'
import { describeAnswers } from './answers.ts'
import { describeBodies } from './bodies.ts'
import { describeCheck } from './check.ts'
import { describeCors } from './cors.ts'
import { describeGuards } from './guards.ts'
import { describeHandshakes } from './handshakes.ts'
import { describeHosts } from './hosts.ts'
import { describeMethods } from './methods.ts'
import { describePayloads } from './payloads.ts'
import { describePreviews } from './previews.ts'
import { describeRefusals } from './refusals.ts'
import { describeResults } from './results.ts'

/** What every adapter promises. */
export function describeContract(subject: Subject): void {
  describe(subject.name, () => {
    describeMethods(subject)
    describeAnswers(subject)
    describeRefusals(subject)
    describeCheck(subject)
    describePayloads(subject)
    describeBodies(subject)
    describeResults(subject)
    describeCors(subject)
    describeGuards(subject)
    describeHandshakes(subject)
    describePreviews(subject)
    describeHosts(subject)
  })
}
