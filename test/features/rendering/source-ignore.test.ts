import { expect, it } from 'vitest'
import { isSourceIgnored } from '../../../src/features/rendering/source-ignore.ts'
import { repositoryOf } from './repository-of.ts'

it.each`
  path                  | rules                              | ignored
  ${'a/b.yaml'}         | ${{}}                              | ${false}
  ${'.github/a.yaml'}   | ${{}}                              | ${true}
  ${'a/.github/a.yaml'} | ${{}}                              | ${true}
  ${'a/.sops.yaml'}     | ${{}}                              | ${true}
  ${'.sops.yaml'}       | ${{}}                              | ${true}
  ${'.gitlab-ci.yml'}   | ${{}}                              | ${true}
  ${'a/x.zip'}          | ${{}}                              | ${true}
  ${'a/b.yaml'}         | ${{ '.': 'b.yaml' }}               | ${true}
  ${'a/b.yaml'}         | ${{ '.': '/b.yaml' }}              | ${false}
  ${'b.yaml'}           | ${{ '.': '/b.yaml' }}              | ${true}
  ${'a/b.yaml'}         | ${{ '.': 'a/' }}                   | ${true}
  ${'x/a'}              | ${{ '.': 'a/' }}                   | ${false}
  ${'a/x/b.yaml'}       | ${{ '.': 'a/b.yaml' }}             | ${false}
  ${'a/x/y/b.yaml'}     | ${{ '.': 'a/**/b.yaml' }}          | ${true}
  ${'a/b.yaml'}         | ${{ '.': 'a/**' }}                 | ${true}
  ${'a/x/b.yaml'}       | ${{ '.': '**/x/' }}                | ${true}
  ${'a/b.yaml'}         | ${{ '.': '*.yaml\n!b.yaml' }}      | ${false}
  ${'a/b.yaml'}         | ${{ '.': '!b.yaml\n*.yaml' }}      | ${true}
  ${'a/b.yaml'}         | ${{ '.': '# b.yaml\n\n' }}         | ${false}
  ${'a/b.yaml'}         | ${{ '.': 'b.yaml', a: '!b.yaml' }} | ${false}
  ${'c/b.yaml'}         | ${{ a: 'b.yaml' }}                 | ${false}
  ${'a/b1.yaml'}        | ${{ '.': 'b[0-9].yaml' }}          | ${true}
  ${'.github/a.yaml'}   | ${{ '.': '!.github/' }}            | ${false}
`('$path with $rules → $ignored', ({ path, rules, ignored }: Record<string, unknown>) => {
  const files = repositoryOf({
    [String(path)]: '',
    ...Object.fromEntries(
      Object.entries(rules as Record<string, string>).map(([folder, text]) => [
        folder === '.' ? '.sourceignore' : `${folder}/.sourceignore`,
        text,
      ]),
    ),
  })
  expect(isSourceIgnored(String(path), files)).toBe(ignored)
})
