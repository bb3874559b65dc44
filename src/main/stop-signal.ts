/** Aborts at the first SIGTERM or SIGINT; a second one ends the process at once, as usual. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort())
  return stop.signal
}

/** Resolves when the process is told to stop. */
export function untilStopped(): Promise<void> {
  const signal = stopSignal()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
