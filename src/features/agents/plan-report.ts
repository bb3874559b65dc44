import type { Release } from '../../domain/release.ts'
import { targetKey } from '../../domain/refs.ts'

/** What an agent has to say, and what of it the app has confirmed. */
export interface Told {
  current: ReadonlyMap<string, Release>
  /** The texts of the releases that the app has taken. */
  confirmed: ReadonlyMap<string, string>
}

/** What is new since the app has last confirmed; everything where `isWhole`. */
export function planReport({ current, confirmed }: Told, isWhole: boolean): Release[] {
  const all = [...current.values()]
  return isWhole
    ? all
    : all.filter((release) => confirmed.get(targetKey(release.target)) !== JSON.stringify(release))
}

/** The confirmations after a message was taken. */
export function confirmReport(confirmed: Map<string, string>, sent: readonly Release[]): void {
  for (const release of sent) confirmed.set(targetKey(release.target), JSON.stringify(release))
}
