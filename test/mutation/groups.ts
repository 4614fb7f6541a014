/** Sources that are mutated together, and the tests that judge them: few, so that each mutant takes little time. */
export interface Group {
  readonly name: string
  readonly sources: readonly string[]
  readonly tests: readonly string[]
}

// Without tests that draw at random or measure time: a mutant must fall for the same reason on every run.
export const groups: readonly Group[] = [
  {
    name: 'token',
    sources: ['token', 'header', 'compare', 'base64url'].map(core),
    tests: ['packages/core/test/{token-shape,compare,keyring,inspect}*.test.ts', 'conformance/suite.test.ts'],
  },
  {
    name: 'keyring',
    sources: [core('keyring')],
    tests: ['packages/core/test/{keyring,derive}*.test.ts', 'conformance/suite.test.ts'],
  },
  {
    name: 'redirect',
    sources: [core('redirect')],
    tests: ['packages/core/test/redirect*.test.ts'],
  },
  {
    name: 'claims',
    sources: [core('claims')],
    tests: ['packages/core/test/{claims,mint}*.test.ts', 'conformance/suite.test.ts'],
  },
  {
    name: 'policy',
    sources: ['packages/verify/src/verifier/policy.ts'],
    tests: ['packages/verify/test/{verifier,policy,commands}*.test.ts'],
  },
]

function core(name: string): string {
  return `packages/core/src/${name}.ts`
}
