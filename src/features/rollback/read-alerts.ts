/** What an alert is about, by its labels; `repository` is `owner/name` where it says so. */
export interface AlertPlace {
  application: string
  environment: string
  repository?: string
}

/** More alerts in one notification than any group of them has. */
const mostAlerts = 1_000

/**
 * The places that the firing alerts of one notification name by their labels `application` and `environment`, each once;
 * a text where it is no such notification. Nothing else of it is believed. Source of the form: Prometheus, Alertmanager,
 * "webhook_config", version 4.
 */
export function readAlerts(body: unknown): AlertPlace[] | string {
  const notification = fieldsOf(body)
  if (notification?.['version'] !== '4') return 'not a notification of Alertmanager in version 4'
  const alerts: unknown = notification['alerts']
  if (!Array.isArray(alerts)) return 'it has no list of alerts'
  if (alerts.length > mostAlerts) return `more than ${mostAlerts} alerts at once`
  const places = alerts.map(fieldsOf).flatMap((alert) => {
    const labels = fieldsOf(alert?.['labels'])
    const [application, environment] = [nameOf(labels?.['application']), nameOf(labels?.['environment'])]
    const repository = nameOf(labels?.['repository'])
    if (alert?.['status'] !== 'firing' || !application || !environment) return []
    return [{ application, environment, ...(repository && { repository }) }]
  })
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()]
}

function fieldsOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= 200 ? value : undefined
}
