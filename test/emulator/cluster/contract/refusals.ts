import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../../src/domain/kubernetes-object.ts'
import type { Answer } from './api-under-test.ts'
import { type Client, type Refusal, refusal, sortedJson } from './client.ts'
import { aConfigMap, aDeployment, labels, least, withContainer } from './objects.ts'

/** What an apply is refused for, in the server's own words: our adapter reads reasons, fields and some of the messages. */
export function describeRefusals(client: () => Client): void {
  const told = async (answer: Promise<Answer>) => refusal(client(), await answer)
  const changed = (object: KubernetesObject, fields: object): KubernetesObject => ({ ...object, ...fields })
  const respecified = (object: KubernetesObject, fields: object): KubernetesObject =>
    changed(object, { spec: { ...(object['spec'] as object), ...fields } })

  describe('refusals', () => {
    it('unknown fields', async () => {
      // Of several, the server names one or all.
      expect(await told(client().apply(withContainer('unknown', { imagePulPolicy: 'Always' }))))
        .toMatchInlineSnapshot(`
          {
            "message": "failed to create typed patch object (/unknown; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="app"].imagePulPolicy: field not declared in schema",
            "reason": undefined,
            "status": 500,
          }
        `)
    })

    it('a field of the wrong type', async () => {
      expect(await told(client().apply(aDeployment('typed', { replicas: 'three' })))).toMatchInlineSnapshot(`
        {
          "message": "failed to create typed patch object (/typed; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string",
          "reason": undefined,
          "status": 500,
        }
      `)
      expect(await told(client().apply(changed(aConfigMap('typed'), { data: { a: 1 } }))))
        .toMatchInlineSnapshot(`
        {
          "message": "failed to create typed patch object (/typed; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:1}",
          "reason": undefined,
          "status": 500,
        }
      `)
    })

    it('a value that is no base64', async () => {
      for (const object of [
        changed(named(least['Secret']!, 'undecodable'), { data: { key: 'aGk!' } }),
        changed(aConfigMap('undecodable'), { binaryData: { key: 'aGk!' } }),
      ]) {
        const { status, message } = await told(client().apply(object))
        expect([status, message]).toEqual([
          500,
          `failed to convert new object (/undecodable; /v1, Kind=${object.kind}) to proper version: unable to convert unstructured object to /v1, Kind=${object.kind}: error decoding from json: illegal base64 data at input byte 3`,
        ])
      }
    })

    it('items of a list with the same key', async () => {
      const env = [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ]
      expect(await told(client().apply(withContainer('twice', { env })))).toMatchInlineSnapshot(`
        {
          "message": "failed to create typed patch object (/twice; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="app"].env: duplicate entries for key [name="A"]",
          "reason": undefined,
          "status": 500,
        }
      `)
      const ports = [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }]
      expect(await told(client().apply(withContainer('twice', { ports })))).toMatchInlineSnapshot(`
        {
          "message": "failed to create typed patch object (/twice; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="app"].ports: duplicate entries for key [containerPort=80,protocol="TCP"]",
          "reason": undefined,
          "status": 500,
        }
      `)
    })

    it('what is missing or invalid', async () => {
      expect(await told(client().apply(aDeployment('Upper_Case')))).toMatchInlineSnapshot(`
        {
          "causes": [
            "metadata.name: FieldValueInvalid: Invalid value: "Upper_Case": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
          ],
          "message": "Deployment.apps "Upper_Case" is invalid: metadata.name: Invalid value: "Upper_Case": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      expect(await told(client().apply(aDeployment('nobody', { selector: undefined }))))
        .toMatchInlineSnapshot(`
        {
          "causes": [
            "spec.selector: FieldValueRequired: Required value",
            "spec.template.metadata.labels: FieldValueInvalid: Invalid value: {"app":"contract"}: \`selector\` does not match template \`labels\`",
          ],
          "message": "Deployment.apps "nobody" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"contract"}: \`selector\` does not match template \`labels\`]",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      expect(await told(client().apply(aDeployment('nobody', { selector: { matchLabels: { a: 'b' } } }))))
        .toMatchInlineSnapshot(`
        {
          "causes": [
            "spec.template.metadata.labels: FieldValueInvalid: Invalid value: {"app":"contract"}: \`selector\` does not match template \`labels\`",
          ],
          "message": "Deployment.apps "nobody" is invalid: spec.template.metadata.labels: Invalid value: {"app":"contract"}: \`selector\` does not match template \`labels\`",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      expect(await told(client().apply(aDeployment('nobody', { replicas: -1 })))).toMatchInlineSnapshot(`
        {
          "causes": [
            "spec.replicas: FieldValueInvalid: Invalid value: -1: must be greater than or equal to 0",
          ],
          "message": "Deployment.apps "nobody" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      expect(await told(client().apply(withContainer('nobody', { image: '' })))).toMatchInlineSnapshot(`
        {
          "causes": [
            "spec.template.spec.containers[0].image: FieldValueRequired: Required value",
          ],
          "message": "Deployment.apps "nobody" is invalid: spec.template.spec.containers[0].image: Required value",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      expect(
        await told(
          client().apply(
            aDeployment('nobody', { template: { metadata: { labels }, spec: { containers: [] } } }),
          ),
        ),
      ).toMatchInlineSnapshot(`
        {
          "causes": [
            "spec.template.spec.containers: FieldValueRequired: Required value",
          ],
          "message": "Deployment.apps "nobody" is invalid: spec.template.spec.containers: Required value",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      expect(await told(client().apply(respecified(least['Service']!, { ports: [] }))))
        .toMatchInlineSnapshot(`
        {
          "causes": [
            "spec.ports: FieldValueRequired: Required value",
          ],
          "message": "Service "least" is invalid: spec.ports: Required value",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      expect(await told(client().apply(respecified(least['CronJob']!, { schedule: 'sometimes' }))))
        .toMatchInlineSnapshot(`
        {
          "causes": [
            "spec.schedule: FieldValueInvalid: Invalid value: "sometimes": expected exactly 5 fields, found 1: [sometimes]",
          ],
          "message": "CronJob.batch "least" is invalid: spec.schedule: Invalid value: "sometimes": expected exactly 5 fields, found 1: [sometimes]",
          "reason": "Invalid",
          "status": 422,
        }
      `)
    })

    it('identity that the server keeps', async () => {
      const { apply } = client()
      const named = (metadata: object) =>
        changed(aConfigMap('identity'), { metadata: { name: 'identity', ...metadata } })
      expect(await told(apply(named({ uid: '00000000-0000-4000-8000-000000000000' }))))
        .toMatchInlineSnapshot(`
          {
            "message": "Operation cannot be fulfilled on configmaps "identity": uid mismatch: the provided object specified uid UID, and no existing object was found",
            "reason": "Conflict",
            "status": 409,
          }
        `)
      expect(await told(apply(named({ managedFields: [{ manager: 'x' }] })))).toMatchInlineSnapshot(`
        {
          "message": "metadata.managedFields must be nil",
          "reason": "BadRequest",
          "status": 400,
        }
      `)
      await apply(aConfigMap('identity'))
      expect(await told(apply(changed(named({ resourceVersion: '1' }), { data: { a: '2' } }))))
        .toMatchInlineSnapshot(`
        {
          "message": "Operation cannot be fulfilled on configmaps "identity": the object has been modified; please apply your changes to the latest version and try again",
          "reason": "Conflict",
          "status": 409,
        }
      `)
      expect(await told(apply(named({ uid: '00000000-0000-4000-8000-000000000000' }))))
        .toMatchInlineSnapshot(`
          {
            "causes": [
              "metadata.uid: FieldValueInvalid: Invalid value: "UID": field is immutable",
              "metadata.uid: FieldValueInvalid: Invalid value: "UID": field is immutable",
            ],
            "message": "ConfigMap "identity" is invalid: metadata.uid: Invalid value: "UID": field is immutable",
            "reason": "Invalid",
            "status": 422,
          }
        `)
    })

    it('an apply without the name of a manager', async () => {
      const path = client().at('ConfigMap', 'nameless')
      const options = { body: aConfigMap('nameless'), contentType: 'application/apply-patch+yaml' }
      expect(await told(client().under.call('PATCH', path, options))).toMatchInlineSnapshot(`
        {
          "causes": [
            "fieldManager: FieldValueRequired: Required value: is required for apply patch",
          ],
          "message": "PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch",
          "reason": "Invalid",
          "status": 422,
        }
      `)
    })

    it('names and namespaces that are not there, and those that are', async () => {
      const { apply, create, get, remove, merge, under } = client()
      expect(await told(get('ConfigMap', 'nobody'))).toMatchInlineSnapshot(`
        {
          "message": "configmaps "nobody" not found",
          "reason": "NotFound",
          "status": 404,
        }
      `)
      expect(await told(get('Deployment', 'nobody'))).toMatchInlineSnapshot(`
        {
          "message": "deployments.apps "nobody" not found",
          "reason": "NotFound",
          "status": 404,
        }
      `)
      expect(await told(remove('Deployment', 'nobody'))).toMatchInlineSnapshot(`
        {
          "message": "deployments.apps "nobody" not found",
          "reason": "NotFound",
          "status": 404,
        }
      `)
      expect(await told(merge('Deployment', 'nobody', {}))).toMatchInlineSnapshot(`
        {
          "message": "deployments.apps "nobody" not found",
          "reason": "NotFound",
          "status": 404,
        }
      `)
      expect(await told(under.call('GET', '/apis/nowhere.example/v1/things'))).toMatchInlineSnapshot(`
        {
          "kind": undefined,
          "status": 404,
        }
      `)
      await apply(aConfigMap('there'))
      expect(await told(create(aConfigMap('there')))).toMatchInlineSnapshot(`
        {
          "message": "configmaps "there" already exists",
          "reason": "AlreadyExists",
          "status": 409,
        }
      `)
      const path = '/api/v1/namespaces/contract-none/configmaps/x?fieldManager=contract'
      const options = { body: aConfigMap('x'), contentType: 'application/apply-patch+yaml' }
      expect(await told(under.call('PATCH', path, options))).toMatchInlineSnapshot(`
        {
          "message": "namespaces "contract-none" not found",
          "reason": "NotFound",
          "status": 404,
        }
      `)
    })

    it('a version that another write has overtaken', async () => {
      const { body } = await client().apply(aConfigMap('overtaken'))
      await client().merge('ConfigMap', 'overtaken', { data: { a: '2' } })
      expect(await told(client().replace(body))).toMatchInlineSnapshot(`
        {
          "message": "Operation cannot be fulfilled on configmaps "overtaken": the object has been modified; please apply your changes to the latest version and try again",
          "reason": "Conflict",
          "status": 409,
        }
      `)
    })

    it('what is too large', async () => {
      const big = (bytes: number) => aConfigMap('big', { a: 'x'.repeat(bytes) })
      expect(await told(client().apply(big(1_100_000)))).toMatchInlineSnapshot(`
        {
          "causes": [
            "[]: FieldValueTooLong: Too long: may not be more than 1048576 bytes",
          ],
          "message": "ConfigMap "big" is invalid: []: Too long: may not be more than 1048576 bytes",
          "reason": "Invalid",
          "status": 422,
        }
      `)
      expect(await told(client().apply(big(3_200_000)))).toMatchInlineSnapshot(`
        {
          "message": "Request entity too large: limit is 3145728",
          "reason": "RequestEntityTooLarge",
          "status": 413,
        }
      `)
      const annotated = changed(aConfigMap('big'), {
        metadata: { name: 'big', annotations: { a: 'x'.repeat(270_000) } },
      })
      expect(await told(client().apply(annotated))).toMatchInlineSnapshot(`
        {
          "causes": [
            "metadata.annotations: FieldValueTooLong: Too long: may not be more than 262144 bytes",
          ],
          "message": "ConfigMap "big" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes",
          "reason": "Invalid",
          "status": 422,
        }
      `)
    })
  })

  describe('fields that cannot be changed', () => {
    const immutable: [what: string, before: KubernetesObject, after: KubernetesObject][] = [
      [
        'the selector of a Deployment',
        aDeployment('fixed', { replicas: 0 }),
        aDeployment('fixed', {
          replicas: 0,
          selector: { matchLabels: { app: 'other' } },
          template: {
            metadata: { labels: { app: 'other' } },
            spec: { containers: [{ name: 'app', image: 'x' }] },
          },
        }),
      ],
      [
        'the selector of a DaemonSet',
        named(least['DaemonSet']!, 'fixed'),
        respecified(named(least['DaemonSet']!, 'fixed'), {
          selector: { matchLabels: { app: 'other' } },
          template: {
            metadata: { labels: { app: 'other' } },
            spec: { containers: [{ name: 'app', image: 'x' }] },
          },
        }),
      ],
      [
        'the fields of a StatefulSet',
        respecified(named(least['StatefulSet']!, 'fixed'), { replicas: 0 }),
        respecified(named(least['StatefulSet']!, 'fixed'), {
          replicas: 0,
          serviceName: 'other',
          podManagementPolicy: 'Parallel',
        }),
      ],
      [
        'the claims of a StatefulSet',
        respecified(named(least['StatefulSet']!, 'claims'), { replicas: 0 }),
        respecified(named(least['StatefulSet']!, 'claims'), {
          replicas: 0,
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
            },
          ],
        }),
      ],
      [
        'the template of a Job',
        respecified(named(least['Job']!, 'fixed'), { suspend: true }),
        respecified(named(least['Job']!, 'fixed'), {
          suspend: true,
          template: {
            spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'registry.example/app:2' }] },
          },
        }),
      ],
      [
        'the completions of a Job',
        respecified(named(least['Job']!, 'completions'), { suspend: true }),
        respecified(named(least['Job']!, 'completions'), { suspend: true, completions: 3 }),
      ],
      [
        'the address of a Service',
        respecified(named(least['Service']!, 'fixed'), { clusterIP: 'None' }),
        respecified(named(least['Service']!, 'fixed'), { clusterIP: '10.96.77.1' }),
      ],
      [
        'the data of an immutable ConfigMap',
        changed(aConfigMap('fixed'), { immutable: true }),
        changed(aConfigMap('fixed', { a: '2' }), { immutable: true }),
      ],
      [
        'the immutability of a ConfigMap',
        changed(aConfigMap('fixed-2'), { immutable: true }),
        changed(aConfigMap('fixed-2'), { immutable: false }),
      ],
      [
        'the data of an immutable Secret',
        changed(named(least['Secret']!, 'fixed'), { immutable: true }),
        changed(named(least['Secret']!, 'fixed'), { immutable: true, stringData: { key: 'other' } }),
      ],
      [
        'the type of a Secret',
        named(least['Secret']!, 'typed'),
        changed(named(least['Secret']!, 'typed'), { type: 'example.com/other' }),
      ],
      [
        'the class of a claim',
        named(least['PersistentVolumeClaim']!, 'fixed'),
        respecified(named(least['PersistentVolumeClaim']!, 'fixed'), { storageClassName: 'other' }),
      ],
      [
        'the size of a claim',
        named(least['PersistentVolumeClaim']!, 'size'),
        respecified(named(least['PersistentVolumeClaim']!, 'size'), {
          resources: { requests: { storage: '512Mi' } },
        }),
      ],
      [
        'the role of a RoleBinding',
        named(least['RoleBinding']!, 'fixed'),
        changed(named(least['RoleBinding']!, 'fixed'), {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'other' },
        }),
      ],
      [
        'the image is all of a Pod that can',
        named(least['Pod']!, 'fixed'),
        respecified(named(least['Pod']!, 'fixed'), {
          containers: [{ name: 'app', image: 'x', command: ['x'] }],
        }),
      ],
      [
        'the value of a PriorityClass',
        named(least['PriorityClass']!, 'contract-fixed'),
        changed(named(least['PriorityClass']!, 'contract-fixed'), { value: 7 }),
      ],
      [
        'the provisioner of a StorageClass',
        named(least['StorageClass']!, 'contract-fixed'),
        changed(named(least['StorageClass']!, 'contract-fixed'), { provisioner: 'example.com/other' }),
      ],
      [
        'the controller of an IngressClass',
        named(least['IngressClass']!, 'contract-fixed'),
        respecified(named(least['IngressClass']!, 'contract-fixed'), { controller: 'example.com/other' }),
      ],
    ]
    it('each by its field', async () => {
      const answers: Record<string, unknown> = {}
      for (const [what, before, after] of immutable) {
        expect((await client().apply(before)).status).toBeLessThan(202)
        answers[what] = withoutValues(await told(client().apply(after, { force: 'true' })))
        await client().remove(before.kind, before.metadata.name)
      }
      const text = sortedJson(answers)
      await expect(`${text}\n`).toMatchFileSnapshot('../../fixtures/kubernetes-immutable-fields.json')
    })
  })
}

/** The server quotes what it found as Go writes it, and shows differences: neither is anything to rely on. */
function withoutValues({ status, kind, reason, causes }: Refusal) {
  const short = (causes ?? []).map((cause) =>
    cause.replace(/\n@@[^]*$/, '').replace(/Invalid value: [^]*: (?=[^:]*$)/, 'Invalid value: …: '),
  )
  return { status, kind, reason, ...(causes && { causes: short }) }
}

function named(object: KubernetesObject, name: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, name } }
}
