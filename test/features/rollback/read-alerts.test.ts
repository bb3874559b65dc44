import { describe, expect, it } from 'vitest'
import { readAlerts } from '../../../src/features/rollback/read-alerts.ts'

const alert = (labels: object, status = 'firing') => ({ status, labels, annotations: {}, fingerprint: 'f' })
const notification = (...alerts: unknown[]) => ({
  version: '4',
  groupKey: '{}:{alertname="SLO"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'drawbridge',
  alerts,
})
const checkout = { application: 'checkout', environment: 'prod' }

describe('readAlerts', () => {
  it.each<[string, unknown, unknown]>([
    ['one that fires', notification(alert(checkout)), [checkout]],
    [
      'with its repository',
      notification(alert({ ...checkout, repository: 'shop/config' })),
      [{ ...checkout, repository: 'shop/config' }],
    ],
    ['the same twice', notification(alert(checkout), alert({ ...checkout, severity: 'page' })), [checkout]],
    ['one that is over', notification(alert(checkout, 'resolved')), []],
    ['one that names no place', notification(alert({ alertname: 'Down' })), []],
    ['names that are no text', notification(alert({ application: 1, environment: ['prod'] })), []],
    ['a name that is too long', notification(alert({ ...checkout, application: 'x'.repeat(201) })), []],
    ['things that are no alerts', notification(null, 'x', [], 7), []],
    ['none', notification(), []],
    [
      'another version',
      { ...notification(alert(checkout)), version: '3' },
      'not a notification of Alertmanager in version 4',
    ],
    ['a list', [notification(alert(checkout))], 'not a notification of Alertmanager in version 4'],
    ['no list of alerts', { version: '4', alerts: {} }, 'it has no list of alerts'],
    [
      'too many',
      notification(...Array.from({ length: 1_001 }, () => alert(checkout))),
      'more than 1000 alerts at once',
    ],
  ])('%s', (_, body, expected) => {
    expect(readAlerts(body)).toEqual(expected)
  })

  it('takes no field of an alert for one of an object', () => {
    const body: unknown = JSON.parse(
      '{"version":"4","alerts":[{"status":"firing","labels":{"__proto__":{"application":"a","environment":"b"}}}]}',
    )
    expect(readAlerts(body)).toEqual([])
  })
})
