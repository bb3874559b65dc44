export interface Cause {
  reason?: string
  message: string
  field?: string
}

/** A refusal as the API server words it: thrown inside the emulator, answered as a `Status`. */
export class StatusError extends Error {
  readonly code: number
  /** Absent where the server failed at what it could not read. */
  readonly reason: string | undefined
  readonly causes: Cause[]
  readonly retryAfterSeconds?: number
  /** Where a list can be gone on with. */
  readonly listMetadata: { continue?: string }

  constructor(
    code: number,
    reason: string | undefined,
    message: string,
    causes: Cause[] = [],
    retryAfterSeconds?: number,
    listMetadata: { continue?: string } = {},
  ) {
    super(message)
    this.code = code
    this.reason = reason
    this.causes = causes
    this.retryAfterSeconds = retryAfterSeconds
    this.listMetadata = listMetadata
  }

  toStatus(): Record<string, unknown> {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.listMetadata,
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
