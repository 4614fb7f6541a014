/** Mutants that no test can notice, by file and reason. `⟨a → b⟩` is the change in its line. */
export const equivalentMutants: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {}
