import { describe, expect, it } from 'vitest'
import type { CommandVerb, Role } from '../../../src/domain/configuration.ts'
import { checkButtons, commandOfButton, gateButtons } from '../../../src/features/review/check-buttons.ts'
import { anEnvironment } from '../../builders.ts'

function roleThat(...may: CommandVerb[]): Role[] {
  return [{ name: 'on call', members: ['@ada'], may, environments: ['*'], applications: ['*'] }]
}

/** The first, and others that are promoted to from it. */
function environments(...names: string[]) {
  const [from = ''] = names
  const rule = { soakSeconds: 0, isAutomatic: false, merge: 'people' as const }
  const all = names.map((name, at) =>
    anEnvironment({
      name,
      ...(at > 0 && { promotion: { ...rule, from: { environments: [from], need: 1 } } }),
    }),
  )
  return { environments: all }
}

/** Source of the sizes: GitHub Docs, "Create a check run". */
describe('checkButtons', () => {
  it.each`
    case                                    | names                       | changed     | labels
    ${'nothing is promoted from there'}     | ${['dev', 'prod']}          | ${['prod']} | ${['Re-render']}
    ${'one environment follows'}            | ${['dev', 'prod']}          | ${['dev']}  | ${['Re-render', 'Promote to prod']}
    ${'a name with just enough room'}       | ${['dev', 'staging12']}     | ${['dev']}  | ${['Re-render', 'Promote to staging12']}
    ${'a name with room for a short label'} | ${['dev', 'staging-12']}    | ${['dev']}  | ${['Re-render', 'Promote: staging-12']}
    ${'a name too long for the identifier'} | ${['dev', 'production-eu']} | ${['dev']}  | ${['Re-render']}
    ${'three follow: GitHub takes three'}   | ${['dev', 'a', 'b', 'c']}   | ${['dev']}  | ${['Re-render', 'Promote to a', 'Promote to b']}
  `(
    '$case → $labels',
    ({ names, changed, labels }: { names: string[]; changed: string[]; labels: string[] }) => {
      const buttons = checkButtons(environments(...names), new Set(changed))
      expect(buttons.map(({ label }) => label)).toEqual(labels)
      for (const { label, description, identifier } of buttons) {
        expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([
          true,
          true,
          true,
        ])
      }
    },
  )

  it.each`
    identifier                  | command
    ${'re-render'}              | ${'/recheck'}
    ${'promote:prod'}           | ${'/promote prod'}
    ${'promote:'}               | ${undefined}
    ${'promote:prod --dry-run'} | ${undefined}
    ${'override'}               | ${undefined}
    ${'override:window'}        | ${'/override window by the button of its check'}
    ${'override:tenancy'}       | ${undefined}
    ${'override:window x'}      | ${undefined}
  `(
    '$identifier stands for $command',
    ({ identifier, command }: { identifier: string; command?: string }) => {
      expect(commandOfButton(identifier)).toBe(command)
    },
  )
})

describe('gateButtons', () => {
  const granted = roleThat('override')
  it.each`
    case                          | gate           | outcome    | roles                 | labels
    ${'a closed gate'}            | ${'window'}    | ${'wait'}  | ${granted}            | ${['Override window']}
    ${'the longest name'}         | ${'promotion'} | ${'block'} | ${granted}            | ${['Override promotion']}
    ${'an open one'}              | ${'window'}    | ${'pass'}  | ${granted}            | ${[]}
    ${'one that nobody may open'} | ${'render'}    | ${'block'} | ${granted}            | ${[]}
    ${'nobody has the right'}     | ${'window'}    | ${'wait'}  | ${roleThat('freeze')} | ${[]}
  `('$case → $labels', ({ gate, outcome, roles, labels }) => {
    const buttons = gateButtons({ roles }, { gate, outcome })
    expect(buttons.map(({ label }) => label)).toEqual(labels)
    for (const { label, description, identifier } of buttons)
      expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([
        true,
        true,
        true,
      ])
  })
})
