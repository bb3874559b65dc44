import type { Problem } from '../domain/problem.ts'

/** `path:line: message; fix`, as compilers do, so that editors find the place. */
export function formatProblem({ path, line, message, fix }: Problem): string {
  const sentence = message.endsWith(fix) ? message : `${message}; ${fix}`
  return `${line > 0 ? `${path}:${line}` : path}: ${sentence}`
}
