import { type Clock, type Measured, measureInTurn, writeMicros } from './measure.ts'
import type { Peer } from './peers.ts'
import type { Row } from './row.ts'

interface Contest {
  readonly work: string
  ours(): unknown
  floor(): unknown
  /** How many floors ours may cost. */
  readonly atMost: number
  readonly peers: readonly Peer[]
  callOf(peer: Peer): () => unknown
}

const floorNote = "createHmac('sha256', key).update(input).digest('base64url'), key as a KeyObject made once"

/**
 * Measures ours, the floor and every peer in turn: what computes at once by the processor's time, which other programs
 * cannot lengthen, and what waits for a thread by the time on the wall.
 */
export async function contest({ work, ours, floor, atMost, peers, callOf }: Contest): Promise<readonly Row[]> {
  const [waiting, computing] = [peers.filter(({ waits }) => waits), peers.filter(({ waits }) => !waits)]
  const measureWith = (rivals: readonly Peer[], clock: Clock): Promise<Record<string, Measured>> =>
    measureInTurn({ ours, floor, ...Object.fromEntries(rivals.map((peer) => [peer.name, callOf(peer)])) }, { clock })
  const computed = await measureWith(computing, 'processor')
  const waited = await measureWith(waiting, 'wall')

  const shared = { work, unit: '×' } as const
  const toRow = (peer: Peer, measured: Record<string, Measured>): Row => {
    const { name, reach, note, inFlight } = peer
    const [cost, theirs] = [microsOf(measured, 'ours'), microsOf(measured, name) / inFlight]
    const words = { ours: writeMicros(cost), theirs: writeMicros(theirs), note }
    return { ...shared, against: name, value: theirs / cost, reach: { atLeast: reach }, ...words }
  }
  const [cost, lowest] = [microsOf(computed, 'ours'), microsOf(computed, 'floor')]
  const words = { ours: writeMicros(cost), theirs: writeMicros(lowest), note: floorNote }
  return [
    { ...shared, against: 'the floor', value: cost / lowest, reach: { atMost }, ...words },
    ...computing.map((peer) => toRow(peer, computed)),
    ...waiting.map((peer) => toRow(peer, waited)),
  ]
}

function microsOf(measured: Record<string, Measured>, name: string): number {
  return measured[name]?.micros ?? Number.NaN
}
