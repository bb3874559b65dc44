import { describe, expect, it } from 'vitest'
import { readAssets } from '../../src/main/assets.ts'

describe('readAssets', () => {
  const { templates, policies } = readAssets()

  it('reads every template by its name', () => {
    expect(templates['comment/review']).toContain('{{')
    expect(Object.keys(templates).every((name) => !name.endsWith('.hbs'))).toBe(true)
  })

  it('reads the policies, and not the cases that test them', () => {
    const names = Object.keys(policies)
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => name.endsWith('.cases.yaml'))).toEqual([])
  })
})
