type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>

/** Lets so many pieces of work run at once; the others wait for their turn, first come, first served. */
export function createTurns(atOnce: number): TakeTurn {
  const waiting: (() => void)[] = []
  let free = atOnce
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
