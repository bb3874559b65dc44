import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../../src/domain/kubernetes-object.ts'
import { type Client, ownership, refusal } from './client.ts'
import { aDefinition, custom } from './objects.ts'

/** Kinds that a CustomResourceDefinition brings. */
export function describeCustomKinds(client: () => Client): void {
  /** One definition for each test, by a name that is the run's own. */
  const kindOf = (word: string) => word + client().namespace.replaceAll(/[^a-z0-9]/g, '')
  const define = async (word: string, version: object = {}, spec: object = {}) => {
    const kind = kindOf(word)
    const definition = aDefinition(kind, version, spec)
    const { body } = await client().apply(definition, { force: 'true' })
    const isServed = async () => (await client().list(kind)).status === 200
    await expect.poll(isServed, { timeout: 15_000 }).toBe(true)
    return { kind, definition, name: body.metadata.name as string }
  }
  const applied = async (object: KubernetesObject) => {
    let answer = await client().apply(object)
    // A definition is served by lists a moment before its own apply is.
    await expect
      .poll(async () => (answer = await client().apply(object)).status, { timeout: 15_000 })
      .not.toBe(404)
    return answer
  }

  describe('custom kinds', () => {
    it('are established, and answer 404 until then', async () => {
      const kind = kindOf('Late')
      expect(refusal(client(), await client().apply(custom(kind, 'one', {})))).toMatchInlineSnapshot(`
        {
          "kind": undefined,
          "status": 404,
        }
      `)
      const { name } = await define('Late')
      const { body } = await client().get('CustomResourceDefinition', name)
      const conditions = Object.fromEntries(
        body.status.conditions.map(({ type, status, reason }: Record<string, string>) => [
          type,
          `${status} ${reason}`,
        ]),
      )
      expect(conditions).toMatchInlineSnapshot(`
        {
          "Established": "True InitialNamesAccepted",
          "NamesAccepted": "True NoConflicts",
        }
      `)
      expect(body.status.acceptedNames).toMatchObject({ kind, plural: `${kind.toLowerCase()}s` })
      expect(body.status.storedVersions).toEqual(['v1'])
      await client().remove('CustomResourceDefinition', name)
    })

    it('have the defaults, rules and keyed lists of their schema', async () => {
      const { kind, name } = await define('Ruled')
      const parts = [{ name: 'a', note: '1' }]
      const first = await applied(custom(kind, 'one', { parts }))
      expect([first.body.spec, first.body.metadata.generation]).toEqual([{ size: 1, parts }, 1])
      expect(ownership(first.body)).toMatchInlineSnapshot(`
        {
          "contract Apply": {
            "f:spec": {
              "f:parts": {
                "k:{"name":"a"}": {
                  ".": {},
                  "f:name": {},
                  "f:note": {},
                },
              },
            },
          },
        }
      `)
      const second = await client().apply(custom(kind, 'one', { parts: [{ name: 'b' }], size: 2 }), {
        fieldManager: 'somebody',
        force: 'true',
      })
      expect([second.body.spec.parts, second.body.metadata.generation]).toEqual([
        [...parts, { name: 'b' }],
        2,
      ])
      expect(refusal(client(), await client().apply(custom(kind, 'two', { size: 0 })))).toMatchObject({
        status: 422,
        reason: 'Invalid',
      })
      expect(
        refusal(client(), await client().apply(custom(kind, 'two', { size: 'big' }))).status,
      ).toBeGreaterThanOrEqual(400)
      expect(
        refusal(
          client(),
          await client().apply(custom(kind, 'two', { parts: [{ name: 'a' }, { name: 'a' }] })),
        ),
      ).toMatchObject({ status: 500 })
      await client().remove('CustomResourceDefinition', name)
    })

    it('refuse unknown fields, or leave them out where nobody is strict', async () => {
      const { kind, name } = await define('Pruned')
      const object = custom(kind, 'one', { sice: 3, free: { any: 'thing' } })
      await applied(custom(kind, 'other', {}))
      expect(refusal(client(), await client().apply(object))).toMatchInlineSnapshot(`
        {
          "message": "failed to create typed patch object (/one; contract.drawbridge.dev/v1, Kind=PrunedNAMESPACE): .spec.sice: field not declared in schema",
          "reason": undefined,
          "status": 500,
        }
      `)
      expect(refusal(client(), await client().create(object, { fieldValidation: 'Strict' })))
        .toMatchInlineSnapshot(`
          {
            "message": "PrunedNAMESPACE in version "v1" cannot be handled as a PrunedNAMESPACE: strict decoding error: unknown field "spec.sice"",
            "reason": "BadRequest",
            "status": 400,
          }
        `)
      const { body } = await client().create(object, { fieldValidation: 'Ignore' })
      expect(body.spec).toEqual({ size: 1, free: { any: 'thing' } })
      await client().remove('CustomResourceDefinition', name)
    })

    it('keep status apart', async () => {
      const { kind, name } = await define('Status')
      await applied(custom(kind, 'one', {}))
      await client().merge(kind, 'one', { status: { phase: 'Ready' }, spec: { size: 9 } }, {}, 'status')
      const { body } = await client().get(kind, 'one')
      expect([body.spec.size, body.status, body.metadata.generation]).toEqual([1, { phase: 'Ready' }, 1])
      const outside = await client().merge(kind, 'one', { status: { phase: 'Lost' } })
      expect(outside.body.status).toEqual({ phase: 'Ready' })
      await client().remove('CustomResourceDefinition', name)
    })

    it('are gone with a version that is served no longer, and with their definition', async () => {
      const { kind, definition, name } = await define('Ending')
      await applied(custom(kind, 'one', {}))
      const versions = (definition['spec'] as { versions: object[] }).versions
      const next = { ...versions[0], name: 'v2' }
      const spec = {
        ...(definition['spec'] as object),
        versions: [{ ...versions[0], served: false, storage: false }, next],
      }
      expect((await client().apply({ ...definition, spec }, { force: 'true' })).status).toBe(200)
      await expect.poll(async () => (await client().get(kind, 'one')).status, { timeout: 15_000 }).toBe(404)
      const path = client().at(kind, 'one').replace('/v1/', '/v2/')
      const look = async () => (await client().under.call('GET', path)).body.apiVersion
      await expect.poll(look, { timeout: 15_000 }).toBe('contract.drawbridge.dev/v2')
      await client().remove('CustomResourceDefinition', name)
      await expect
        .poll(async () => (await client().under.call('GET', path)).status, { timeout: 20_000 })
        .toBe(404)
      await expect
        .poll(async () => (await client().get('CustomResourceDefinition', name)).status, { timeout: 20_000 })
        .toBe(404)
    })

    it('cannot change their scope or group', async () => {
      const { definition, name } = await define('Fixed')
      const spec = { ...(definition['spec'] as object), scope: 'Cluster' }
      expect(
        refusal(client(), await client().apply({ ...definition, spec }, { force: 'true' })),
      ).toMatchObject({ status: 422, causes: [expect.stringContaining('spec.scope')] })
      await client().remove('CustomResourceDefinition', name)
    })
  })
}
