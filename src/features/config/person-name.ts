import type { Actor } from '../../domain/refs.ts'

/** How a person is written in the configuration: `@ada`, or `@ada#583231` with the numeric id of the account. */
export const personPattern = '@[A-Za-z0-9_-]+(#[0-9]+)?'

/**
 * Whether `name` means this person. With an id only the id decides: a login can be renamed, and registered again by
 * somebody else. Without one, GitHub's logins are compared without regard to case.
 */
export function namesPerson(name: string, { id, login }: Actor): boolean {
  const [written = '', wanted] = name.split('#', 2)
  return wanted === undefined ? written.toLowerCase() === `@${login.toLowerCase()}` : wanted === id
}

/** The login in a name, for GitHub and for people. */
export function loginIn(name: string): string {
  return name.replace(/^@/, '').split('#', 1)[0] ?? ''
}
