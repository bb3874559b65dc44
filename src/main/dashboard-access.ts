import { createHmac } from 'node:crypto'
import { createSignIn } from '../adapters/github/sign-in.ts'
import type { Access } from '../dashboard/access.ts'
import { createReaders } from '../dashboard/readers.ts'
import { createSession } from '../dashboard/session.ts'
import type { Clock } from '../ports/clock.ts'
import type { GitHub } from '../ports/github.ts'
import type { Random } from '../ports/random.ts'
import type { Settings } from './settings.ts'

const loopback = new Set(['127.0.0.1', 'localhost', '::1'])

/** Who sees the dashboard, by the settings. */
export function dashboardAccess(
  { signIn, host, publicUrl, githubApiUrl }: Settings,
  ports: { github: GitHub; clock: Clock; random: Random; fetch: typeof fetch },
): Access {
  if (!signIn) return { kind: loopback.has(host) ? 'everybody' : 'nobody' }
  const { clock, random, github, fetch } = ports
  return {
    kind: 'readers',
    url: publicUrl,
    random,
    readers: createReaders(github, clock),
    signIn: createSignIn({ ...signIn, apiUrl: githubApiUrl, fetch }),
    session: createSession({
      secret: createHmac('sha256', signIn.clientSecret).update('drawbridge dashboard session').digest('hex'),
      isSecure: publicUrl.startsWith('https:'),
      clock,
    }),
  }
}
