import { defineConfig } from 'vitest/config'

/** The tables of one feature alone: they should tell every mutant apart, without the minutes that an oracle takes. */
export default defineConfig({
  test: {
    include: [`test/features/${process.env['FEATURE'] ?? 'approvals'}/*.test.ts`],
    exclude: ['**/*-oracle.test.ts'],
  },
})
