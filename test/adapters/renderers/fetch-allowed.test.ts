import { expect, it } from 'vitest'
import { fetchAllowed } from '../../../src/adapters/renderers/fetch-allowed.ts'

const allowed = {
  hosts: ['charts.example', '10.0.0.1', '[::1]', '127.0.0.1:8080'],
  privateHosts: ['inside.example'],
}

/** Refused by the address alone, before a name is resolved or anything is sent: a host that may be asked helps nothing. */
it.each([
  ['gopher://charts.example/1', 'gopher: is not fetched'],
  ['ftp://charts.example/a.tgz', 'ftp: is not fetched'],
  ['file:///etc/passwd', 'file: is not fetched'],
  ['file://inside.example/etc/passwd', 'file: is not fetched'],
  ['https://user:secret@charts.example/', 'credentials'],
  ['https://charts.example:8443/', 'charts.example:8443 is not in DRAWBRIDGE_CHART_HOSTS'],
  ['https://charts.example.evil.example/', 'is not in DRAWBRIDGE_CHART_HOSTS'],
  ['https://CHARTS.example@evil.example/', 'credentials'],
  ['http://10.0.0.1/', '10.0.0.1 is an address inside'],
  ['http://[::1]/', '[::1] is an address inside'],
  ['http://127.0.0.1:8080/', '127.0.0.1:8080 is an address inside'],
  ['http://0x7f.1:8080/', '127.0.0.1:8080 is an address inside'],
  ['http://2130706433:8080/', '127.0.0.1:8080 is an address inside'],
])('X13: %s', async (address, refusal) => {
  expect(await fetchAllowed(address, allowed, 1)).toEqual({ refusal: expect.stringContaining(refusal) })
})
