import { expect, it } from 'vitest'
import { yamlSections } from '../../../src/features/diff/yaml-sections.ts'

it('names the place of each line', () => {
  const text = [
    ['apiVersion: v1', ''],
    ['data:', ''],
    ['  nginx.conf: |-', 'data'],
    ['    server:', 'data.nginx.conf'],
    ['      listen: 80', 'data.nginx.conf'],
    ['metadata:', ''],
    ['  name: a', 'metadata'],
    ['spec:', ''],
    ['  containers:', 'spec'],
    ['    - args:', 'spec.containers'],
    ['        - a', 'spec.containers.args'],
    ['      name: app', 'spec.containers'],
    ['      ports:', 'spec.containers'],
    ['        - containerPort: 80', 'spec.containers.ports'],
    ['  volumes: []', 'spec'],
  ]
  expect(yamlSections(text.map(([line = '']) => line))).toEqual(text.map(([, place]) => place))
})
