import { describe } from 'vitest'
import type { Subject } from '../support/subjects.ts'
import { describeBodies } from './bodies.ts'
import { describeCors } from './cors.ts'
import { describeCustomHandshakes } from './custom-handshakes.ts'
import { describeGuards } from './guards.ts'
import { describeHandlerResults } from './handler-results.ts'
import { describeHandshakes } from './handshakes.ts'
import { describeHosts } from './hosts.ts'
import { describeMethods } from './methods.ts'
import { describePayloads } from './payloads.ts'
import { describePreviews } from './previews.ts'
import { describeRejections } from './rejections.ts'
import { describeResponses } from './responses.ts'
import { describeSignatures } from './signatures.ts'
import { describeUsers } from './users.ts'

/** What every adapter does. */
export function describeContract(subject: Subject): void {
  describe(subject.name, () => {
    describeMethods(subject)
    describeResponses(subject)
    describeRejections(subject)
    describePayloads(subject)
    describeBodies(subject)
    describeHandlerResults(subject)
    describeCors(subject)
    describeGuards(subject)
    describeHandshakes(subject)
    describeCustomHandshakes(subject)
    describePreviews(subject)
    describeSignatures(subject)
    describeHosts(subject)
    describeUsers(subject)
  })
}
