/**
 * Runs `work` within a limit of time and throws PolicyTimeout beyond it; `work` itself cannot catch that.
 * Pure code has no clock: whoever has one hands the limit in.
 */
export type Limit = <T>(work: () => T) => T

export class PolicyTimeout extends Error {
  override name = 'PolicyTimeout'
}
