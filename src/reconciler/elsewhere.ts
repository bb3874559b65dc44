import type { TargetWord } from '../domain/agent.ts'
import { type Target, targetKey } from '../domain/refs.ts'
import { isNewlyHealthy } from '../features/health/is-newly-healthy.ts'

/** What an agent knows of targets on other clusters, in other environments and slices: what the app said last. */
export interface Elsewhere {
  wordOn(target: Target): TargetWord | undefined
  hear(words: readonly TargetWord[]): void
  /** Called with each target that has become healthy with another release than before. */
  onHealthy(listener: (target: Target) => void): void
}

export function createElsewhere(): Elsewhere {
  const words = new Map<string, TargetWord>()
  const listeners: ((target: Target) => void)[] = []
  return {
    wordOn: (target) => words.get(targetKey(target)),
    hear(heard) {
      for (const word of heard) {
        const key = targetKey(word.target)
        const before = words.get(key)
        words.set(key, word)
        if (isNewlyHealthy(before, word)) for (const listener of listeners) listener(word.target)
      }
    },
    onHealthy: (listener) => void listeners.push(listener),
  }
}
