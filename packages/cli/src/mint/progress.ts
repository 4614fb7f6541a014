import { SingleBar } from 'cli-progress'

/** A progress bar on stderr. */
export interface Progress {
  update(bytes: number, rows: number): void
  stop(): void
}

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/**
 * Shows a progress bar with the number of rows, the rate and the time left. `size` is in bytes; without it, only the
 * number of rows and the rate are shown.
 */
export function showProgress(size: number | undefined): Progress {
  const format =
    size === undefined
      ? '{rows} rows | {rate} per second'
      : '{bar} {percentage}% | {rows} rows | {rate} per second | {left}'
  const bar = new SingleBar({
    format,
    stream: process.stderr,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    clearOnComplete: true,
    // The program handles Ctrl-C.
    gracefulExit: false,
  })
  const start = performance.now()
  const getValues = (bytes: number, rows: number): object => {
    const seconds = (performance.now() - start) / 1000
    const left = size === undefined || bytes === 0 ? undefined : (seconds * (size - bytes)) / bytes
    return {
      rows: numbers.format(rows),
      rate: numbers.format(seconds === 0 ? 0 : rows / seconds),
      left: left === undefined ? '' : `${numbers.format(Math.ceil(left))} s left`,
    }
  }
  bar.start(size ?? 0, 0, getValues(0, 0))
  return { update: (bytes, rows) => bar.update(bytes, getValues(bytes, rows)), stop: () => bar.stop() }
}
