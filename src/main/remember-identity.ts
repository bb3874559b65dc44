import type { IdentityMemory } from '../reconciler/guard-identity.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'

/** The identity of a cluster that the app writes to, in its database, with a row of the audit for each that is new. */
export function rememberIdentity(
  store: Pick<Store, 'effects'>,
  clock: Pick<Clock, 'now'>,
  cluster: string,
): IdentityMemory {
  const key = `cluster-identity/${cluster}`
  return {
    async read() {
      const effect = await store.effects.find(key)
      const identity = effect.state === 'none' ? undefined : effect.outcome?.['identity']
      return typeof identity === 'string' ? identity : undefined
    },
    async remember(identity, how) {
      const now = clock.now()
      await store.effects.intend(key, identity, now)
      const reason = how === 'accepted' ? 'the operator accepts it in place of the one before' : 'first seen'
      const entry = {
        what: 'cluster-identity',
        subject: cluster,
        actor: 'drawbridge',
        reason,
        data: { identity },
      }
      await store.effects.settle(key, { identity }, entry, now)
    },
  }
}
