/** A refusal as the API server words it: thrown inside the emulator, answered as a `Status`. */
export class StatusError extends Error {
  readonly code: number
  readonly reason: string
  readonly causes: { reason: string; message: string; field: string }[]
  readonly retryAfterSeconds?: number

  constructor(
    code: number,
    reason: string,
    message: string,
    causes: { reason: string; message: string; field: string }[] = [],
    retryAfterSeconds?: number,
  ) {
    super(message)
    this.code = code
    this.reason = reason
    this.causes = causes
    this.retryAfterSeconds = retryAfterSeconds
  }

  toStatus(): Record<string, unknown> {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      details: {
        ...(this.causes.length > 0 ? { causes: this.causes } : {}),
        ...(this.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: this.retryAfterSeconds }),
      },
      code: this.code,
    }
  }
}
