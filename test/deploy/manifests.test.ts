import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { evaluatePolicies } from '../../src/features/policy/evaluate-policies.ts'
import { parsePolicy } from '../../src/features/policy/parse-policy.ts'
import { readManifests } from './read-manifests.ts'

const folder = join(import.meta.dirname, '../../policies')
const policies = readdirSync(folder)
  .filter((name) => !name.endsWith('.cases.yaml'))
  .flatMap((name) => parsePolicy(readFileSync(join(folder, name), 'utf8'), name).policies)

describe('what we ship to install', () => {
  it.each(['agent/base', 'agent/impersonate', 'app', 'tenant'])(
    'deploy/%s breaks no policy of ours',
    (path) => {
      const objects = readManifests(path, path === 'tenant' ? 'payments' : undefined)
      const target = { application: 'drawbridge', environment: 'prod', cluster: 'prod' }
      const { findings, problems } = evaluatePolicies(policies, { severities: {}, folders: [] }, [
        { target, path, objects: objects.map((after) => ({ before: undefined, after })) },
      ])
      expect(problems).toEqual([])
      // A second pod of either would wait for the first one's lease and volume.
      const others = findings.filter(({ policy }) => policy !== 'single-replica')
      expect(others.map(({ policy, object, message }) => [policy, object.name, message])).toEqual([])
    },
  )

  it('holds no Secret, and wildcards only in what says so', () => {
    const objects = [
      ...readManifests('agent/impersonate'),
      ...readManifests('app'),
      ...readManifests('tenant'),
    ]
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([])
    const roles = objects.filter(({ kind }) => kind.endsWith('Role'))
    expect(JSON.stringify(roles)).not.toContain('"*"')
    expect(readManifests('agent/cluster-admin').at(-1)?.metadata.name).toBe('drawbridge-agent-cluster-admin')
  })
})
