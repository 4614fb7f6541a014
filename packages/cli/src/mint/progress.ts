import { SingleBar } from 'cli-progress'

/** How far a run has come, shown while it runs. */
export interface Progress {
  update(bytes: number, rows: number): void
  stop(): void
}

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A bar with the rate and the time left on the terminal that stderr is; where the whole is unknown, rows and rate. */
export function showProgress(size: number | undefined): Progress {
  const format =
    size === undefined
      ? '{rows} rows | {rate} a second'
      : '{bar} {percentage}% | {rows} rows | {rate} a second | {left}'
  const bar = new SingleBar({
    format,
    stream: process.stderr,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    clearOnComplete: true,
    // The program has its own way to end at Ctrl-C.
    gracefulExit: false,
  })
  const start = performance.now()
  const tell = (bytes: number, rows: number): object => {
    const seconds = (performance.now() - start) / 1000
    const left = size === undefined || bytes === 0 ? undefined : (seconds * (size - bytes)) / bytes
    return {
      rows: numbers.format(rows),
      rate: numbers.format(seconds === 0 ? 0 : rows / seconds),
      left: left === undefined ? '' : `${numbers.format(Math.ceil(left))} s left`,
    }
  }
  bar.start(size ?? 0, 0, tell(0, 0))
  return { update: (bytes, rows) => bar.update(bytes, tell(bytes, rows)), stop: () => bar.stop() }
}
