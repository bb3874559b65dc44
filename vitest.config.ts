import { defineConfig } from 'vitest/config'

/** nock stands in the place of the process's sockets, also for whoever comes after: such files have a process of their own. */
const withoutSockets = 'test/adapters/metrics/prometheus.test.ts'

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
      // Nothing keeps what one file could find of another, or changes the process: workers are not started anew for each.
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: [withoutSockets], isolate: false },
      },
      { extends: true, test: { name: 'alone', include: [withoutSockets], isolate: true } },
    ],
  },
})
