import { describe, expect, it } from 'vitest'
import { type Client, sortedJson } from './client.ts'
import { aConfigMap, aDeployment, least, withContainer } from './objects.ts'

/** What the server makes of an object: defaults, canonical quantities, generation. */
export function describeStoredForm(client: () => Client): void {
  describe('the form in which an object is kept', () => {
    it.each(Object.keys(least))('fills in the defaults of a %s', async (kind) => {
      const { status, body } = await client().apply(least[kind]!, { dryRun: 'All' })
      expect(status).toBe(201)
      const text = sortedJson(steady(body))
        .replaceAll(client().namespace, 'NAMESPACE')
        .replaceAll(body.metadata.uid, 'UID')
      await expect(`${text}\n`).toMatchFileSnapshot(`../../fixtures/kubernetes-defaults/${kind}.json`)
    })

    it('writes quantities its own way', async () => {
      const quantities = ['1000m', '0.5', '1.5', '100m', '1e3', '2k', '0']
      const memory = ['1024Mi', '1.5Gi', '1000000', '512Ki', '100M', '128974848', '0.5Gi']
      for (const [index, cpu] of quantities.entries()) {
        const limits = { cpu, memory: memory[index]! }
        const { body } = await client().apply(withContainer('quantities', { resources: { limits } }), {
          dryRun: 'All',
        })
        expect([limits, body.spec.template.spec.containers[0].resources.limits]).toEqual([
          limits,
          { cpu: canonical.cpu[index], memory: canonical.memory[index] },
        ])
      }
    })

    it('fills in what belongs to probes, volumes, ports and pull policies', async () => {
      const fields = {
        image: 'registry.example/app',
        ports: [{ containerPort: 80 }],
        livenessProbe: { httpGet: { port: 80 } },
        readinessProbe: { tcpSocket: { port: 80 } },
        env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
      }
      const volumes = [
        { name: 'a', configMap: { name: 'x' } },
        { name: 'b', secret: { secretName: 'x' } },
        { name: 'c', emptyDir: {} },
        { name: 'd', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
        { name: 'e', hostPath: { path: '/x' } },
      ]
      const { body } = await client().apply(withContainer('pod', fields, { volumes }), { dryRun: 'All' })
      expect(body.spec.template.spec).toMatchInlineSnapshot(`
        {
          "containers": [
            {
              "env": [
                {
                  "name": "NODE",
                  "valueFrom": {
                    "fieldRef": {
                      "apiVersion": "v1",
                      "fieldPath": "spec.nodeName",
                    },
                  },
                },
              ],
              "image": "registry.example/app",
              "imagePullPolicy": "Always",
              "livenessProbe": {
                "failureThreshold": 3,
                "httpGet": {
                  "path": "/",
                  "port": 80,
                  "scheme": "HTTP",
                },
                "periodSeconds": 10,
                "successThreshold": 1,
                "timeoutSeconds": 1,
              },
              "name": "app",
              "ports": [
                {
                  "containerPort": 80,
                  "protocol": "TCP",
                },
              ],
              "readinessProbe": {
                "failureThreshold": 3,
                "periodSeconds": 10,
                "successThreshold": 1,
                "tcpSocket": {
                  "port": 80,
                },
                "timeoutSeconds": 1,
              },
              "resources": {},
              "terminationMessagePath": "/dev/termination-log",
              "terminationMessagePolicy": "File",
            },
          ],
          "dnsPolicy": "ClusterFirst",
          "restartPolicy": "Always",
          "schedulerName": "default-scheduler",
          "securityContext": {},
          "terminationGracePeriodSeconds": 30,
          "volumes": [
            {
              "configMap": {
                "defaultMode": 420,
                "name": "x",
              },
              "name": "a",
            },
            {
              "name": "b",
              "secret": {
                "defaultMode": 420,
                "secretName": "x",
              },
            },
            {
              "emptyDir": {},
              "name": "c",
            },
            {
              "name": "d",
              "projected": {
                "defaultMode": 420,
                "sources": [
                  {
                    "serviceAccountToken": {
                      "expirationSeconds": 3600,
                      "path": "token",
                    },
                  },
                ],
              },
            },
            {
              "hostPath": {
                "path": "/x",
                "type": "",
              },
              "name": "e",
            },
          ],
        }
      `)
    })

    it('counts generations for the spec, not for labels or status', async () => {
      const { apply, merge } = client()
      const generation = async (object: Parameters<typeof apply>[0]) =>
        (await apply(object)).body.metadata.generation
      const spec = { replicas: 0 }
      expect(await generation(aDeployment('counted', spec))).toBe(1)
      expect(await generation(aDeployment('counted', spec))).toBe(1)
      await merge('Deployment', 'counted', { metadata: { labels: { a: 'b' } } })
      await merge('Deployment', 'counted', { status: { replicas: 0, observedGeneration: 1 } }, {}, 'status')
      expect(await generation(aDeployment('counted', spec))).toBe(1)
      expect(await generation(aDeployment('counted', { ...spec, paused: true }))).toBe(2)
    })

    it('writes nothing, and gives no new version, where nothing changes', async () => {
      const first = await client().apply(aConfigMap('unchanged'))
      const second = await client().merge('ConfigMap', 'unchanged', { data: { a: '1' } })
      expect(second.body.metadata).toEqual(first.body.metadata)
    })
  })
}

/** Seen on Kubernetes 1.36. */
const canonical = {
  cpu: ['1', '500m', '1500m', '100m', '1e3', '2k', '0'],
  memory: ['1Gi', '1536Mi', '1M', '512Ki', '100M', '128974848', '512Mi'],
}

/** Without what differs from run to run. */
function steady(object: { metadata: Record<string, unknown> }) {
  const { uid: _, creationTimestamp: __, managedFields: ___, ...metadata } = object.metadata
  return { ...object, metadata }
}
