/** One feature at a time: FEATURE=approvals. How to run it, and what stays alive: README.md beside this. */
const feature = process.env.FEATURE ?? 'approvals'

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [`src/features/${feature}/*.ts`],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: true },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // What the tests of pure decisions read; tsconfig.json stays away, because Stryker cannot read it with TypeScript 7.
  ignorePatterns: ['**', '!src/**', '!test/**', '!package.json'],
  tempDirName: '.cache/stryker',
  reporters: ['clear-text', 'json'],
  clearTextReporter: { logTests: false, reportTests: false },
  jsonReporter: { fileName: `.cache/mutation/${feature}.json` },
}
