import { describe, expect, it } from 'vitest'
import type { Deployment } from '../../../src/domain/deployment.ts'
import { appId, fakeGitHub, repository } from './fake-github.ts'

const sha = 'a'.repeat(40)
const deployment: Deployment = {
  environment: 'prod',
  revision: sha,
  applications: ['cart', 'checkout'],
  state: 'success',
  description: '2 of 2 places healthy',
  isProduction: true,
  url: 'https://shop.example',
  logUrl: 'https://drawbridge.example/pulls/shop/deploy/7',
}
const deployments = '/repos/shop/deploy/deployments'
const own = { id: 5, performed_via_github_app: { id: Number(appId) } }
const publish = (routes: Parameters<typeof fakeGitHub>[0], knownId?: string) => {
  const fake = fakeGitHub(routes)
  return { ...fake, answer: fake.github.publishDeployment(repository, deployment, knownId) }
}

describe('a deployment', () => {
  it('is created without asking GitHub to merge or to check, and gets its state', async () => {
    const { answer, seen } = publish({
      [`GET ${deployments}`]: [{ json: [{ ...own, performed_via_github_app: { id: 1 } }] }],
      [`POST ${deployments}`]: [{ status: 201, json: own }],
      [`GET ${deployments}/5/statuses`]: [{ json: [] }],
      [`POST ${deployments}/5/statuses`]: [{ status: 201, json: { id: 9 } }],
    })
    expect(await answer).toEqual({ id: '5' })
    const [created, status] = seen.filter(
      ({ method, path }) => method === 'POST' && path.includes('deployments'),
    )
    expect(created?.body).toMatchObject({
      ref: sha,
      environment: 'prod',
      auto_merge: false,
      required_contexts: [],
      production_environment: true,
      transient_environment: false,
      payload: { applications: ['cart', 'checkout'] },
    })
    expect(status?.body).toMatchObject({
      state: 'success',
      environment_url: 'https://shop.example',
      auto_inactive: false,
    })
  })

  it('that was created before it could be remembered is found, and left alone where it says so already', async () => {
    const { answer, calls } = publish({
      [`GET ${deployments}`]: [{ json: [own] }],
      [`GET ${deployments}/5/statuses`]: [{ json: [{ state: 'success' }] }],
    })
    expect(await answer).toEqual({ id: '5' })
    expect(calls().filter((call) => call.startsWith('POST') && call.includes('deployments'))).toEqual([])
  })

  it('that is known is not looked for', async () => {
    const { answer, calls } = publish(
      {
        [`GET ${deployments}/5`]: [{ json: own }],
        [`GET ${deployments}/5/statuses`]: [{ json: [{ state: 'in_progress' }] }],
        [`POST ${deployments}/5/statuses`]: [{ status: 201, json: { id: 9 } }],
      },
      '5',
    )
    expect(await answer).toEqual({ id: '5' })
    expect(calls()).not.toContain(`GET ${deployments}`)
  })

  it.each([[403], [404], [422]])('is done without where GitHub does not let it: %s', async (status) => {
    const { answer } = publish({ [`GET ${deployments}`]: [{ status, json: { message: 'no' } }] })
    expect(await answer).toBeUndefined()
  })
})
