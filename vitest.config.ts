import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    unstubGlobals: true,
    unstubEnvs: true,
    // Nothing keeps what one file could find of another, or changes the process: workers are not started anew for each.
    isolate: false,
    maxConcurrency: 3,
    // The default leaves one core free: on two cores that is half of the machine.
    maxWorkers: '100%',
  },
})
