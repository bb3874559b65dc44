import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { checkKubeconfig } from '../../../src/features/clusters/check-kubeconfig.ts'

const pem = (what: string) =>
  Buffer.from(`-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`).toString('base64')

const cluster = {
  server: 'https://api.prod.example.org:6443',
  'certificate-authority-data': pem('CERTIFICATE'),
}
const certificate = { 'client-certificate-data': pem('CERTIFICATE'), 'client-key-data': pem('PRIVATE KEY') }

function aKubeconfig(
  more: { cluster?: object; user?: object; context?: object; root?: object } = {},
): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'admin@prod',
    clusters: [{ name: 'prod', cluster: { ...cluster, ...more.cluster } }],
    users: [{ name: 'admin', user: more.user ?? certificate }],
    contexts: [{ name: 'admin@prod', context: { cluster: 'prod', user: 'admin', ...more.context } }],
    ...more.root,
  })
}

function said(text: string): string[] {
  const checked = checkKubeconfig(text, 'Secret clusters/prod-kubeconfig')
  return 'problems' in checked ? checked.problems.map(({ code }) => code) : []
}

describe('X1: a kubeconfig that somebody else wrote', () => {
  it('as Cluster API writes it is taken over, and nothing of it but the address and the credentials', () => {
    const text = aKubeconfig({ root: { preferences: { colors: true } }, context: { namespace: 'default' } })
    const checked = checkKubeconfig(text, 'a')
    expect(checked).toEqual({ kubeconfig: expect.any(String) })
    expect(JSON.parse('kubeconfig' in checked ? checked.kubeconfig : '')).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'cluster',
      clusters: [{ name: 'cluster', cluster }],
      users: [{ name: 'user', user: certificate }],
      contexts: [{ name: 'cluster', context: { cluster: 'cluster', user: 'user' } }],
    })
  })

  it('may hold a token in place of a certificate', () => {
    expect(said(aKubeconfig({ user: { token: 'eyJhbGciOi.x_y-z' } }))).toEqual([])
  })

  it.each`
    case                                 | parts                                                                              | code
    ${'runs a program'}                  | ${{ user: { exec: { command: '/bin/sh', args: ['-c', 'id'] } } }}                  | ${'exec'}
    ${'asks a provider'}                 | ${{ user: { 'auth-provider': { name: 'gcp', config: { 'cmd-path': 'sh' } } } }}    | ${'auth-provider'}
    ${'reads a token'}                   | ${{ user: { tokenFile: '/var/run/secrets/token' } }}                               | ${'tokenFile'}
    ${'reads a CA'}                      | ${{ cluster: { 'certificate-authority': '/etc/passwd' } }}                         | ${'certificate-authority'}
    ${'reads a certificate'}             | ${{ user: { 'client-certificate': '../../a.crt' } }}                               | ${'client-certificate'}
    ${'reads a key'}                     | ${{ user: { 'client-key': '/root/.ssh/id_rsa' } }}                                 | ${'client-key'}
    ${'goes by a proxy'}                 | ${{ cluster: { 'proxy-url': 'http://127.0.0.1:3128' } }}                           | ${'proxy-url'}
    ${'believes any server'}             | ${{ cluster: { 'insecure-skip-tls-verify': true } }}                               | ${'insecure-skip-tls-verify'}
    ${'says that it does not'}           | ${{ cluster: { 'insecure-skip-tls-verify': false } }}                              | ${'insecure-skip-tls-verify'}
    ${'believes another name'}           | ${{ cluster: { 'tls-server-name': 'kubernetes' } }}                                | ${'tls-server-name'}
    ${'has a password'}                  | ${{ user: { password: 'a' } }}                                                     | ${'password'}
    ${'acts as somebody else'}           | ${{ user: { token: 'a', as: 'system:admin' } }}                                    | ${'as'}
    ${'acts as a group'}                 | ${{ user: { token: 'a', 'as-groups': ['system:masters'] } }}                       | ${'as-groups'}
    ${'without TLS'}                     | ${{ cluster: { server: 'http://api.example.org' } }}                               | ${'server'}
    ${'to a file'}                       | ${{ cluster: { server: 'file:///etc/passwd' } }}                                   | ${'server'}
    ${'to this machine'}                 | ${{ cluster: { server: 'https://127.0.0.1:6443' } }}                               | ${'server'}
    ${'to this machine by name'}         | ${{ cluster: { server: 'https://localhost' } }}                                    | ${'server'}
    ${'to this machine by number'}       | ${{ cluster: { server: 'https://2130706433' } }}                                   | ${'server'}
    ${'to this machine by IPv6'}         | ${{ cluster: { server: 'https://[::ffff:127.0.0.1]' } }}                           | ${'server'}
    ${'to the cloud’s credentials'}      | ${{ cluster: { server: 'https://169.254.169.254' } }}                              | ${'server'}
    ${'to them by number'}               | ${{ cluster: { server: 'https://0xa9fea9fe' } }}                                   | ${'server'}
    ${'to them by name'}                 | ${{ cluster: { server: 'https://metadata.google.internal' } }}                     | ${'server'}
    ${'with credentials in the address'} | ${{ cluster: { server: 'https://a:b@api.example.org' } }}                          | ${'server'}
    ${'with a query'}                    | ${{ cluster: { server: 'https://api.example.org/?x=' } }}                          | ${'server'}
    ${'with a header in the token'}      | ${{ user: { token: 'a\r\nImpersonate-User: admin' } }}                             | ${'token'}
    ${'with a CA that is none'}          | ${{ cluster: { 'certificate-authority-data': 'L2V0Yy9wYXNzd2Q=' } }}               | ${'certificate-authority-data'}
    ${'with a token that is no text'}    | ${{ user: { token: { a: 1 } } }}                                                   | ${'token'}
    ${'with a field of tomorrow'}        | ${{ user: { token: 'a', plugin: 'x' } }}                                           | ${'unknown'}
    ${'with a field of JavaScript'}      | ${{ user: { token: 'a', constructor: 'x' } }}                                      | ${'unknown'}
    ${'with a context of nothing'}       | ${{ root: { 'current-context': 'other' } }}                                        | ${'reference'}
    ${'of two users of one name'}        | ${{ root: { users: [{ name: 'admin', user: {} }, { name: 'admin', user: {} }] } }} | ${'reference'}
    ${'without a server'}                | ${{ root: { clusters: [{ name: 'prod', cluster: {} }] } }}                         | ${'server'}
  `('that $case is refused: $code', ({ parts, code }) => {
    expect(said(aKubeconfig(parts))).toEqual([`kubeconfig-${code}`])
  })

  it('is refused for what is dangerous in entries that nothing chooses', () => {
    const users = [
      { name: 'admin', user: certificate },
      { name: 'other', user: { exec: { command: 'id' } } },
    ]
    expect(said(aKubeconfig({ root: { users } }))).toEqual(['kubeconfig-exec'])
  })

  it.each(['', '[]', 'a: [', 'a: 1\na: 2', '- exec', '\0'])('that is none is refused: %j', (text) => {
    expect(said(text).length).toBeGreaterThan(0)
  })

  it('names the line and no value', () => {
    const text = aKubeconfig({ user: { token: 'se cret' } })
    const checked = checkKubeconfig(text, 'a')
    expect(checked).toMatchObject({
      problems: [{ line: text.split('\n').findIndex((line) => line.includes('token')) + 1 }],
    })
    expect(JSON.stringify(checked)).not.toContain('se cret')
  })

  it('may be of this machine where a demonstration says so', () => {
    const text = aKubeconfig({ cluster: { server: 'http://127.0.0.1:8080' } })
    expect(checkKubeconfig(text, 'a', { isLoopbackAllowed: true })).toHaveProperty('kubeconfig')
  })
})
