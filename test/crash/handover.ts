import type { Instant } from '../../src/domain/refs.ts'
import type { Settings } from '../../src/main/settings.ts'
import type { Point } from './kill-at.ts'

/** What the test gives the process of the product, as JSON. */
export interface Handover {
  settings: Omit<Settings, 'kubeconfigs'>
  kubeconfigs: [string, string][]
  /** Emulated time at `origin`, the machine's: from both, each process computes the same time. */
  start: Instant
  origin: number
  rate: number
  /** Where the process ends itself. */
  point?: Point
}
