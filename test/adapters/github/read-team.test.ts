import { expect, it } from 'vitest'
import { fakeGitHub } from './fake-github.ts'

const installation = 'GET /orgs/shop/installation'
const members = 'GET /orgs/shop/teams/checkout/members'
const installed = (id: number) => ({ json: { id } })
const grace = { json: [{ id: 2, login: 'grace', type: 'User' }] }
const unknown = { status: 404, json: { message: 'Not Found' } }
const refused = { status: 403, json: { message: 'Resource not accessible by integration' } }

it('asks where the app is installed once, and who is in the team each time', async () => {
  const { github, calls } = fakeGitHub({ [installation]: [installed(7)], [members]: [grace, { json: [] }] })
  expect(await github.teamMembers('shop', 'checkout')).toMatchObject([{ id: '2', login: 'grace' }])
  expect(await github.teamMembers('shop', 'checkout')).toEqual([])
  expect(calls()).toEqual([installation, members, members])
})

it.each([
  ['knows nothing there', unknown],
  ['refuses it', refused],
])('asks again where the app is installed when GitHub %s', async (_case, answer) => {
  const { github, mints } = fakeGitHub({
    [installation]: [installed(7), installed(8)],
    [members]: [grace, answer, grace],
  })
  await github.teamMembers('shop', 'checkout')
  expect(await github.teamMembers('shop', 'checkout')).toMatchObject([{ login: 'grace' }])
  expect(mints().map(({ path }) => path)).toEqual(
    [7, 8].map((id) => `/app/installations/${id}/access_tokens`),
  )
})

it('knows nobody where there is no such team, or the app is not installed', async () => {
  const { github } = fakeGitHub({ [installation]: [installed(7), unknown], [members]: [unknown] })
  expect(await github.teamMembers('shop', 'checkout')).toBeUndefined()
  expect(await github.teamMembers('shop', 'checkout')).toBeUndefined()
})

it('does not take a refusal for an empty team', async () => {
  const { github } = fakeGitHub({ [installation]: [installed(7)], [members]: [grace, refused] })
  await github.teamMembers('shop', 'checkout')
  await expect(github.teamMembers('shop', 'checkout')).rejects.toMatchObject({ status: 403 })
})
