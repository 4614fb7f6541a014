import type { Waiter } from '@hookurl/verify/wait'
import { Annotation, type BaseCheckpointSaver, END, interrupt, START, StateGraph } from '@langchain/langgraph'
import type { commands } from './commands.ts'

/** What a node that waits for a call interrupts the graph with. */
export interface Question {
  readonly url: string
  readonly waitId: string
}

export interface Decision {
  readonly choice: 'approve' | 'reject'
  readonly comment?: string | undefined
}

const State = Annotation.Root({
  order: Annotation<string>,
  amount: Annotation<number>,
  question: Annotation<Question>,
  result: Annotation<string>,
})
type RefundState = typeof State.State

interface GraphOptions {
  readonly waiter: Waiter<typeof commands>
  readonly checkpointer: BaseCheckpointSaver
}

/** Creates a graph that asks a colleague before it refunds an order. */
export function createGraph({ waiter, checkpointer }: GraphOptions) {
  // A separate node: LangGraph runs a node that was interrupted again, which would open another URL.
  async function openUrl({ order, amount }: RefundState): Promise<Partial<RefundState>> {
    const { url, id } = await waiter.open({ command: '/refund', content: { order, amount }, expiresIn: '1d' })
    return { question: { url, waitId: id } }
  }

  function decide({ order, amount, question }: RefundState): Partial<RefundState> {
    const { choice, comment = 'no reason' } = interrupt<Question, Decision>(question)
    return { result: `${order}: ${choice === 'approve' ? `refunded ${amount}` : 'not refunded'}, ${comment}` }
  }

  return new StateGraph(State)
    .addNode('openUrl', openUrl)
    .addNode('decide', decide)
    .addEdge(START, 'openUrl')
    .addEdge('openUrl', 'decide')
    .addEdge('decide', END)
    .compile({ checkpointer })
}
