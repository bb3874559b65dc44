import type { Actor } from '../domain/refs.ts'

/** Lets GitHub say who somebody is. Nothing that GitHub hands out for it is kept. */
export interface SignIn {
  /** Where the browser is sent; GitHub sends it back to `callback` with a code and `state`. */
  address(state: string, callback: string): string
  /** Whom the code stands for; undefined where GitHub does not take it: used already, too old, or made up. */
  identify(code: string, callback: string): Promise<Actor | undefined>
}
