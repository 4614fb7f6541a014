export interface Decision {
  readonly choice: 'approve' | 'reject'
  readonly comment?: string | undefined
}

const waiting = new Map<string, (decision: Decision) => void>()

/** Waits for the decision of the URL with this id. */
export function waitForDecision(id: string): Promise<Decision> {
  return new Promise((resolve) => waiting.set(id, resolve))
}

export function decide(id: string, decision: Decision): void {
  waiting.get(id)?.(decision)
  waiting.delete(id)
}

/** Forgets a URL that no one waits for. */
export function forget(id: string): void {
  waiting.delete(id)
}
