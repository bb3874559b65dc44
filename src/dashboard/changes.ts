/** Tells open pages that something changed; each page then reads again what it shows. Nothing is kept for those who are away. */
export interface Changes {
  announce(): void
  subscribe(listener: () => void): () => void
}

export function createChanges(): Changes {
  const listeners = new Set<() => void>()
  return {
    announce() {
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
