import { defineConfig } from 'vitest/config'

/** Decisions keep nothing and touch nothing of the machine: their tests share workers, which are not started anew for each. */
const decisions = 'test/features/**/*.test.ts'

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    unstubGlobals: true,
    unstubEnvs: true,
    maxConcurrency: 3,
    // The default leaves one core free: on two cores that is half of the machine.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'effects', include: ['test/**/*.test.ts'], exclude: [decisions] } },
      { extends: true, test: { name: 'decisions', include: [decisions], isolate: false } },
    ],
  },
})
