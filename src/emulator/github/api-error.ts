/** A refusal, as GitHub words it. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly errors?: unknown[]
  readonly headers: Record<string, string>

  constructor(status: number, message: string, errors?: unknown[], headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

export const notFound = () => new ApiError(404, 'Not Found')
export const forbidden = () => new ApiError(403, 'Resource not accessible by integration')

export interface FieldError {
  resource: string
  field: string
  code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'custom' | 'unprocessable'
  message?: string
}

export function validationFailed(...errors: (FieldError | string)[]): ApiError {
  return new ApiError(422, 'Validation Failed', errors)
}
