/** The same numbers for the same seed. */
export interface Randomness {
  /** 0 up to 1. */
  next(): number
  exponential(mean: number): number
  /** Events of a mean rate: exact for few, rounded from the normal distribution for many. */
  poisson(mean: number): number
}

/** Source: mulberry32, of the public domain; Knuth, The Art of Computer Programming, 3.4.1. */
export function createRandomness(seed: number): Randomness {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return {
    next,
    exponential: (mean) => -mean * Math.log(1 - next()),
    poisson(mean) {
      if (mean === 0) return 0
      if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
      const limit = Math.exp(-mean)
      let events = -1
      for (let product = 1; product > limit; product *= next()) events += 1
      return Math.max(events, 0)
    },
  }
}
