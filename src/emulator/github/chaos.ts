/** Faults by name: what a test or the demo wants to go wrong. */
export interface Chaos {
  /** The next `times` requests of the route (`POST /repos/{owner}/{repo}/pulls`) fail. */
  fail(route: string, fault: RequestFault): void
  /** Answers of the route wait this long on the clock; 0 ends it. */
  lag(route: string, ms: number): void
  /** What happens to the next `times` webhooks of the event (`pull_request`, or '*' for all). */
  webhook(event: string, fault: WebhookFault): void
  /** How long GitHub takes to deliver webhooks, on the clock. */
  webhookDelayMs: number
  /** How long new pull requests stay out of lists, on the clock. */
  listLagMs: number
  /** A rebase that changes nothing re-binds approvals to the new head, as GitHub was seen to do. */
  rebindsReviews: boolean
  reset(): void
  takeFault(route: string): RequestFault | undefined
  lagOf(route: string): number
  takeWebhookFault(event: string): WebhookFault['kind'] | undefined
}

export interface RequestFault {
  status: number
  /** 1 unless said otherwise. */
  times?: number
  /** The effect happens, the answer is lost. */
  afterEffect?: boolean
  message?: string
  headers?: Record<string, string>
  /** Sent as it is instead of GitHub's error body: HTML, broken JSON. */
  rawBody?: string
  /** Closes the connection instead of answering. */
  hangsUp?: boolean
}

export interface WebhookFault {
  /** `hold`: delivered after the next one of the same app, so out of order. */
  kind: 'lose' | 'duplicate' | 'hold'
  times?: number
}

export function createChaos(): Chaos {
  const faults: { route: string; fault: RequestFault; left: number }[] = []
  const webhookFaults: { event: string; kind: WebhookFault['kind']; left: number }[] = []
  const lags = new Map<string, number>()

  return {
    webhookDelayMs: 0,
    listLagMs: 0,
    rebindsReviews: false,
    fail(route, fault) {
      faults.push({ route, fault, left: fault.times ?? 1 })
    },
    lag(route, ms) {
      lags.set(route, ms)
    },
    webhook(event, fault) {
      webhookFaults.push({ event, kind: fault.kind, left: fault.times ?? 1 })
    },
    reset() {
      faults.length = 0
      webhookFaults.length = 0
      lags.clear()
      Object.assign(this, { webhookDelayMs: 0, listLagMs: 0, rebindsReviews: false })
    },
    takeFault(route) {
      const found = faults.find((fault) => fault.left > 0 && (fault.route === route || fault.route === '*'))
      if (found) found.left -= 1
      return found?.fault
    },
    lagOf(route) {
      return lags.get(route) ?? lags.get('*') ?? 0
    },
    takeWebhookFault(event) {
      const found = webhookFaults.find((fault) => fault.left > 0 && ['*', event].includes(fault.event))
      if (found) found.left -= 1
      return found?.kind
    },
  }
}
