import type { WebhookDelivery } from '../webhooks.ts'

export function delivery(delivery: WebhookDelivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: new Date(delivery.deliveredAt ?? delivery.createdAt).toISOString(),
    redelivery: delivery.isRedelivery,
    duration: delivery.durationMs / 1000,
    status: delivery.status,
    status_code: delivery.statusCode ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installation?.id ?? null,
    repository_id: delivery.repository?.id ?? null,
    throttled_at: null,
  }
}

export function fullDelivery(shown: WebhookDelivery) {
  return {
    ...delivery(shown),
    url: shown.app.webhookUrl,
    request: { headers: shown.requestHeaders, payload: JSON.parse(shown.body) as object },
    response: { headers: shown.responseHeaders, payload: shown.responseBody },
  }
}
