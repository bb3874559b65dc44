import { describe, expect, it } from 'vitest'
import { type Client, ownership, refusal } from './client.ts'
import { aConfigMap, aDeployment, withContainer } from './objects.ts'

/** Who owns which fields, as server-side apply keeps the books. */
export function describeOwnership(client: () => Client): void {
  const data = async (name: string) => (await client().get('ConfigMap', name)).body.data
  const other = { fieldManager: 'somebody' }

  describe('ownership of fields', () => {
    it('names every field that was applied', async () => {
      const object = withContainer('named', {
        env: [{ name: 'A', value: '1' }],
        ports: [{ containerPort: 80 }],
        resources: { limits: { cpu: '1000m' } },
        args: ['x'],
      })
      object.metadata.labels = { app: 'contract' }
      object.metadata['finalizers'] = ['example.com/hold']
      const { body } = await client().apply(object, { dryRun: 'All' })
      expect(ownership(body)).toMatchInlineSnapshot(`
        {
          "contract Apply": {
            "f:metadata": {
              "f:finalizers": {
                "v:"example.com/hold"": {},
              },
              "f:labels": {
                "f:app": {},
              },
            },
            "f:spec": {
              "f:selector": {},
              "f:template": {
                "f:metadata": {
                  "f:labels": {
                    "f:app": {},
                  },
                },
                "f:spec": {
                  "f:containers": {
                    "k:{"name":"app"}": {
                      ".": {},
                      "f:args": {},
                      "f:env": {
                        "k:{"name":"A"}": {
                          ".": {},
                          "f:name": {},
                          "f:value": {},
                        },
                      },
                      "f:image": {},
                      "f:name": {},
                      "f:ports": {
                        "k:{"containerPort":80,"protocol":"TCP"}": {
                          ".": {},
                          "f:containerPort": {},
                        },
                      },
                      "f:resources": {
                        "f:limits": {
                          "f:cpu": {},
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        }
      `)
    })

    it('gives an ordinary write what it changed', async () => {
      await client().apply(aConfigMap('written', { a: '1', b: '2' }))
      const { body } = await client().merge('ConfigMap', 'written', { data: { b: 'x', c: '3' } })
      expect(ownership(body)).toMatchInlineSnapshot(`
        {
          "contract Apply": {
            "f:data": {
              "f:a": {},
            },
          },
          "somebody Update": {
            "f:data": {
              "f:b": {},
              "f:c": {},
            },
          },
        }
      `)
    })

    it('keeps no book once one empty entry was written, until somebody applies', async () => {
      await client().apply(aConfigMap('unbooked', { a: '1' }))
      const whole = aConfigMap('unbooked', { a: '2', b: '1' })
      const reset = { ...whole, metadata: { ...whole.metadata, managedFields: [{}] } }
      const first = await client().replace(reset, other)
      expect(first).toMatchObject({ status: 200, body: { data: { a: '2', b: '1' } } })
      expect(ownership(first.body)).toEqual({})
      expect(ownership((await client().replace(aConfigMap('unbooked', { a: '3' }), other)).body)).toEqual({})
      const merged = await client().merge('ConfigMap', 'unbooked', { data: { c: '1' } })
      expect(merged.body.data).toEqual({ a: '3', c: '1' })
      expect(ownership(merged.body)).toEqual({})
      const applied = await client().apply(aConfigMap('unbooked', { a: '3' }))
      expect(Object.keys(ownership(applied.body)).toSorted()).toEqual([
        'before-first-apply Update',
        'contract Apply',
      ])
    })

    it('keeps a book of what is created, whatever it was given', async () => {
      const object = aConfigMap('booked', { a: '1' })
      const reset = { ...object, metadata: { ...object.metadata, managedFields: [{}] } }
      const { body } = await client().create(reset, { fieldManager: 'somebody' })
      expect(ownership(body)).toEqual({ 'somebody Update': { 'f:data': { '.': {}, 'f:a': {} } } })
    })

    it('removes what is no longer applied, and keeps what others own', async () => {
      await client().apply(aConfigMap('less', { a: '1', b: '2' }))
      await client().merge('ConfigMap', 'less', { data: { theirs: 'x' } })
      await client().apply(aConfigMap('less', { a: '1' }))
      expect(await data('less')).toEqual({ a: '1', theirs: 'x' })
    })

    it('keeps what two apply until both let go', async () => {
      await client().apply(aConfigMap('shared', { a: '1', b: '2' }))
      expect((await client().apply(aConfigMap('shared', { b: '2' }), other)).status).toBe(200)
      const { body } = await client().apply(aConfigMap('shared', { a: '1' }))
      expect(ownership(body)).toMatchInlineSnapshot(`
        {
          "contract Apply": {
            "f:data": {
              "f:a": {},
            },
          },
          "somebody Apply": {
            "f:data": {
              "f:b": {},
            },
          },
        }
      `)
      expect(await data('shared')).toEqual({ a: '1', b: '2' })
      await client().apply(aConfigMap('shared', {}), other)
      expect(await data('shared')).toEqual({ a: '1' })
    })

    it('refuses to change what others own, names each field, and takes over by force', async () => {
      const theirs = aDeployment('contested', { replicas: 0, paused: true, minReadySeconds: 3 })
      await client().apply(theirs, other)
      const ours = aDeployment('contested', {
        replicas: 0,
        paused: true,
        minReadySeconds: 5,
        revisionHistoryLimit: 2,
      })
      const refused = await client().apply({ ...ours, metadata: { name: 'contested', labels: { a: 'b' } } })
      expect(refusal(client(), refused)).toMatchInlineSnapshot(`
        {
          "causes": [
            ".spec.minReadySeconds: FieldManagerConflict: conflict with "somebody"",
          ],
          "message": "Apply failed with 1 conflict: conflict with "somebody": .spec.minReadySeconds",
          "reason": "Conflict",
          "status": 409,
        }
      `)
      await client().merge(
        'Deployment',
        'contested',
        { spec: { revisionHistoryLimit: 7 } },
        { fieldManager: 'kubectl-edit' },
      )
      expect(refusal(client(), await client().apply(ours))).toMatchInlineSnapshot(`
        {
          "causes": [
            ".spec.minReadySeconds: FieldManagerConflict: conflict with "somebody"",
            ".spec.revisionHistoryLimit: FieldManagerConflict: conflict with "kubectl-edit" using apps/v1",
          ],
          "message": "Apply failed with 2 conflicts: conflicts with "kubectl-edit" using apps/v1:
        - .spec.revisionHistoryLimit
        conflicts with "somebody":
        - .spec.minReadySeconds",
          "reason": "Conflict",
          "status": 409,
        }
      `)
      const { body } = await client().apply(ours, { force: 'true' })
      expect(body.spec).toMatchObject({ minReadySeconds: 5, revisionHistoryLimit: 2 })
      expect((ownership(body)['somebody Apply'] as { 'f:spec': object })['f:spec']).not.toHaveProperty(
        'f:minReadySeconds',
      )
      expect(ownership(body)).not.toHaveProperty('kubectl-edit Update')
    })

    it('conflicts in keyed lists are told by the key', async () => {
      await client().apply(withContainer('keyed', { env: [{ name: 'A', value: '1' }] }), { ...other })
      const ours = withContainer('keyed', {
        image: 'registry.example/app:2',
        env: [{ name: 'A', value: '2' }],
      })
      expect(refusal(client(), await client().apply(ours, { dryRun: 'All' }))).toMatchInlineSnapshot(`
        {
          "causes": [
            ".spec.template.spec.containers[name="app"].env[name="A"].value: FieldManagerConflict: conflict with "somebody"",
            ".spec.template.spec.containers[name="app"].image: FieldManagerConflict: conflict with "somebody"",
          ],
          "message": "Apply failed with 2 conflicts: conflicts with "somebody":
        - .spec.template.spec.containers[name="app"].image
        - .spec.template.spec.containers[name="app"].env[name="A"].value",
          "reason": "Conflict",
          "status": 409,
        }
      `)
    })

    it('merges lists by their keys: items of others stay', async () => {
      const ports = (...numbers: number[]) => ({
        ports: numbers.map((containerPort) => ({ containerPort, name: `p${containerPort}` })),
      })
      const spec = { replicas: 0 }
      const named = (fields: object) => {
        const object = withContainer('lists', fields)
        return { ...object, spec: { ...(object['spec'] as object), ...spec } }
      }
      await client().apply(named(ports(80, 81)))
      await client().apply(named(ports(82)), other)
      const { body } = await client().apply(named(ports(81, 83)))
      const shown = body.spec.template.spec.containers[0].ports.map(
        ({ containerPort }: { containerPort: number }) => containerPort,
      )
      expect(shown).toMatchInlineSnapshot(`
        [
          81,
          82,
          83,
        ]
      `)
    })

    it('an atomic list is one field', async () => {
      await client().apply(withContainer('atomic', { args: ['a'] }), other)
      expect(
        refusal(
          client(),
          await client().apply(withContainer('atomic', { args: ['a', 'b'] }), { dryRun: 'All' }),
        ),
      ).toMatchInlineSnapshot(`
        {
          "causes": [
            ".spec.template.spec.containers[name="app"].args: FieldManagerConflict: conflict with "somebody"",
          ],
          "message": "Apply failed with 1 conflict: conflict with "somebody": .spec.template.spec.containers[name="app"].args",
          "reason": "Conflict",
          "status": 409,
        }
      `)
    })

    it('an update of another takes the field away, and gives nothing back', async () => {
      await client().apply(aConfigMap('taken', { a: '1' }))
      await client().merge('ConfigMap', 'taken', { data: { a: 'theirs' } })
      const { body } = await client().get('ConfigMap', 'taken')
      expect(ownership(body)).toMatchInlineSnapshot(`
        {
          "somebody Update": {
            "f:data": {
              "f:a": {},
            },
          },
        }
      `)
      expect(refusal(client(), await client().apply(aConfigMap('taken', { a: '1' })))).toMatchInlineSnapshot(`
        {
          "causes": [
            ".data.a: FieldManagerConflict: conflict with "somebody" using v1",
          ],
          "message": "Apply failed with 1 conflict: conflict with "somebody" using v1: .data.a",
          "reason": "Conflict",
          "status": 409,
        }
      `)
    })

    it('an update that removes a field takes it from everybody', async () => {
      await client().apply(aConfigMap('removed', { a: '1', b: '2' }))
      await client().merge('ConfigMap', 'removed', { data: { b: null } })
      const { body } = await client().get('ConfigMap', 'removed')
      expect(ownership(body)).toMatchInlineSnapshot(`
        {
          "contract Apply": {
            "f:data": {
              "f:a": {},
            },
          },
        }
      `)
      expect((await client().apply(aConfigMap('removed', { a: '1', b: '2' }))).body.data).toEqual({
        a: '1',
        b: '2',
      })
    })

    it('leaves status out of an apply, and everything else out of one to status', async () => {
      const object = { ...aDeployment('status', { replicas: 0, paused: true }), status: { replicas: 7 } }
      const { body } = await client().apply(object)
      expect(body.status).toEqual({})
      expect(ownership(body)['contract Apply']).not.toHaveProperty('f:status')
      const below = { ...aDeployment('status', { replicas: 4 }), status: { collisionCount: 9 } }
      const second = await client().apply(below, { subresource: 'status', fieldManager: 'prober' })
      expect(second.body.spec.replicas).toBe(0)
      expect(ownership(second.body)['prober Apply status']).toEqual({
        'f:status': { 'f:collisionCount': {} },
      })
    })

    it('gives the same bytes back on the same apply', async () => {
      const first = await client().apply(aConfigMap('same', { a: '1' }))
      const second = await client().apply(aConfigMap('same', { a: '1' }))
      expect([first.status, second.status]).toEqual([201, 200])
      expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion)
      expect(second.body.metadata.managedFields).toEqual(first.body.metadata.managedFields)
    })

    it('forgets owners where managedFields are emptied', async () => {
      await client().apply(aConfigMap('stripped', { a: '1' }))
      const { body } = await client().merge('ConfigMap', 'stripped', { metadata: { managedFields: [{}] } })
      expect(ownership(body)).toEqual({})
      const again = await client().apply(aConfigMap('stripped', { a: '2' }))
      expect(again.status === 200 ? ownership(again.body) : refusal(client(), again)).toMatchInlineSnapshot(`
        {
          "causes": [
            ".data.a: FieldManagerConflict: conflict with "before-first-apply" using v1",
          ],
          "message": "Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a",
          "reason": "Conflict",
          "status": 409,
        }
      `)
    })
  })
}
