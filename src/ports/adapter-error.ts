/**
 * The outside world failed. Thrown by adapters, handled at one place (the worker), which retries or reports.
 * `message` never carries a token, a Secret's value or a server's text that may quote one.
 */
export class AdapterError extends Error {
  override name = 'AdapterError'
  readonly system: 'github' | 'git' | 'kubernetes' | 'renderer' | 'store' | 'metrics' | 'policy' | 'app'
  readonly operation: string
  readonly target: string
  readonly retryable: boolean
  /** Milliseconds the other side asked us to wait. */
  readonly retryAfterMs?: number

  constructor(
    fault: Pick<AdapterError, 'system' | 'operation' | 'target' | 'retryable'> & {
      message: string
      retryAfterMs?: number
      cause?: unknown
    },
  ) {
    super(`${fault.system} ${fault.operation} ${fault.target}: ${fault.message}`, { cause: fault.cause })
    this.system = fault.system
    this.operation = fault.operation
    this.target = fault.target
    this.retryable = fault.retryable
    this.retryAfterMs = fault.retryAfterMs
  }
}
