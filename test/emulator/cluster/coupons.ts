import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'

/** A kind of the shop's own, in namespaces unless it is said otherwise. */
export function couponDefinition(scope: 'Namespaced' | 'Cluster' = 'Namespaced'): KubernetesObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'coupons.shop.example' },
    spec: {
      group: 'shop.example',
      scope,
      names: { plural: 'coupons', kind: 'Coupon' },
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
      ],
    },
  }
}

/** One of them; without a namespace where they live in none. */
export function aCoupon(namespace?: string): KubernetesObject {
  const metadata = { name: 'ten', ...(namespace !== undefined && { namespace }) }
  return { apiVersion: 'shop.example/v1', kind: 'Coupon', metadata }
}
