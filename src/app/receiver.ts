import { pino } from 'pino'
import { Probot } from 'probot'
import type { Delivery } from '../ports/store.ts'
import { webhooks, type WebhookOptions } from './webhooks.ts'

export interface ReceiverOptions extends WebhookOptions {
  appId: string
  /** PEM. */
  privateKey: string
  /** Checked at the door already; handed on so that Probot never falls back to a default one. */
  secret: string
}

export interface Receiver {
  /** Rejects where the delivery could not be turned into work: it stays in the inbox and is tried again. */
  receive(delivery: Delivery): Promise<void>
}

/**
 * Probot as the router of webhooks, fed from the durable inbox. Its server, its signature check and its own clients are
 * not used: the door does the former, and writes go through one client for each installation.
 */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { appId, privateKey, secret } = options
  // Probot logs whole payloads; what matters of a failure comes back from `receive`.
  const probot = new Probot({ appId, privateKey, secret, log: pino({ level: 'silent' }) })
  webhooks(probot, options)
  return {
    async receive({ id, event, body }) {
      const payload: unknown = JSON.parse(body)
      await probot.receive({ id, name: event, payload } as unknown as Parameters<Probot['receive']>[0])
    },
  }
}
