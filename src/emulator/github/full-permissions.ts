import type { Access } from './state.ts'

/** What an app is granted where a test does not choose. */
export const fullPermissions: Record<string, Access> = {
  administration: 'read',
  checks: 'write',
  contents: 'write',
  deployments: 'write',
  issues: 'write',
  members: 'read',
  merge_queues: 'read',
  pull_requests: 'write',
  statuses: 'write',
}
