import type { Target } from './refs.ts'

/** An object that a target has already, as its rendered ref says. */
export interface HeldObject {
  target: Target
  /** The name of its file there: see `fileNameOf` of `features/rendering/canonical.ts`. */
  file: string
}
