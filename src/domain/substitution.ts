/** What a Flux Kustomization's `postBuild` says of variables, as far as the repository tells. */
export interface Substitution {
  /** Variable → what is known of it; later references and inline values have taken the place of earlier ones. */
  variables: Record<string, Variable>
  /** Objects that could give any further variable and are not known, in words: `Secret cluster-secrets`. */
  unknownObjects: string[]
  /** Expressions are evaluated even where no variable is given, for the sake of their defaults. */
  isAlways: boolean
}

/** A variable's value; or the object it comes from, where nobody may see the value or nobody can know it. */
export type Variable =
  | { kind: 'value'; value: string }
  /** `shown` stands wherever the variable is used, whatever is done with it. */
  | { kind: 'secret'; shown: string; from: string }
  | { kind: 'unknown'; from: string }
