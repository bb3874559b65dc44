import type { Configuration, Environment } from '../../domain/configuration.ts'
import type { ReconcileSettings } from '../../domain/reconcile-settings.ts'
import type { ConfigurationDocument } from './configuration-schema.ts'
import type { EnvironmentDocument } from './schema/environment-schema.ts'
import { parseDuration } from './duration.ts'

/** What the cluster side of an environment is told. */
export function toReconcileSettings(
  { health, tenants }: Pick<Configuration, 'health' | 'tenants'>,
  { reconcile }: Pick<Environment, 'reconcile'>,
): ReconcileSettings {
  return { ...(health && health.length > 0 && { health }), ...reconcile, ...(tenants && { tenants }) }
}

export function toReconcileRules(
  written: NonNullable<EnvironmentDocument['reconcile']>,
): NonNullable<Environment['reconcile']> {
  const { stable, deadline, reportOnly, ignore } = written
  return {
    ...(stable !== undefined && { stableSeconds: parseDuration(stable) ?? 0 }),
    ...(deadline !== undefined && { deadlineSeconds: parseDuration(deadline) ?? 0 }),
    ...(reportOnly !== undefined && { reportOnly }),
    ...(ignore !== undefined && { ignore }),
  }
}

export type HealthDocument = NonNullable<ConfigurationDocument['health']>[number]
