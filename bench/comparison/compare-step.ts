import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import type { RenderSource } from '../../src/domain/rendered-target.ts'
import {
  disagreements,
  formerNames,
  type Named,
  nameOf,
  productChanges,
  targetsOf,
  toolChanges,
  type ToolTarget,
} from './changes.ts'
import type { WorkTree } from './git-folder.ts'
import type { Step } from './history.ts'
import { differing, textOf, toObjects, type Objects } from './objects.ts'
import type { Answer, Oracle } from './oracle.ts'
import type { Product, Side } from './product.ts'

/** What one commit's comparison found. */
export interface StepResult {
  step: Step
  sources: number
  targets: number
  objects: number
  changes: number
  mismatches: string[]
  /** Sources that the product took for affected. */
  affected: number
  /** Of them, those that the tools render alike on both sides. */
  needless: number
  /** Sources that the tools render and the product refuses, by the product's code. */
  refused: string[]
  /** Sources that neither renders. */
  unrenderable: number
  /** Sources of which no tool here could be asked. */
  unasked: number
  productMilliseconds: number
  /** Every tool for every source on both sides; only where everything was rendered anew. */
  toolMilliseconds?: number
}

/** Compares one commit: its diff with the tools' objects of every source on both sides, and the objects themselves. */
export async function compareStep(
  step: Step,
  trees: { base: WorkTree; head: WorkTree },
  product: Product,
  oracle: Oracle,
  isWhole: boolean,
): Promise<StepResult> {
  const change = await product.change(step)
  const before = await oracle.ask(change.base.sources, trees.base, isWhole)
  const after = await oracle.ask(change.head.sources, trees.head, isWhole)
  const base = isWhole ? await product.everything(step.base) : change.base
  const head = isWhole ? await product.everything(step.head) : change.head
  const sides = [compareSide(base, before.answers), compareSide(head, after.answers)] as const
  const former = formerNames(change.diff)
  const uncertain = new Set(sides.flatMap((side) => side.uncertain))
  for (const pair of former)
    if (pair.some((name) => uncertain.has(name))) pair.forEach((name) => uncertain.add(name))
  const isCertain = (target: Named) => !uncertain.has(nameOf(target))
  const tools = toolChanges(sides[0].targets.filter(isCertain), sides[1].targets.filter(isCertain), former)
  const ours = productChanges({ ...change.diff, targets: change.diff.targets.filter(isCertain) })
  return {
    step,
    sources: change.head.sources.length,
    targets: sides[1].targets.length,
    objects: sides[0].objects + sides[1].objects,
    changes: tools.size,
    mismatches: [...sides.flatMap((side) => side.mismatches), ...disagreements(tools, ours)],
    affected: change.head.chosen.size,
    needless: [...change.head.chosen].filter((source) => isAlike(source, sides)).length,
    refused: sides.flatMap((side) => side.refused),
    unrenderable: sides[1].unrenderable,
    unasked: sides[1].unasked,
    productMilliseconds: change.milliseconds,
    ...(isWhole && { toolMilliseconds: before.toolMilliseconds + after.toolMilliseconds }),
  }
}

function isAlike(source: RenderSource, sides: readonly [SideResult, SideResult]): boolean {
  const names = new Set(targetsOf(source).map(nameOf))
  const [before, after] = sides.map(({ targets }) => targets.find((target) => names.has(nameOf(target))))
  return before !== undefined && after !== undefined && differing(before.objects, after.objects).length === 0
}

interface SideResult {
  targets: ToolTarget[]
  /** Targets that one of the two could not render: nothing can be said about their changes. */
  uncertain: string[]
  objects: number
  mismatches: string[]
  refused: string[]
  unrenderable: number
  unasked: number
}

function compareSide(side: Side, answers: readonly Answer[]): SideResult {
  const result: SideResult = {
    targets: [],
    uncertain: [],
    objects: 0,
    mismatches: [],
    refused: [],
    unrenderable: 0,
    unasked: 0,
  }
  const rendered = new Map(side.rendering.targets.map((target) => [nameOf(target), target.objects]))
  for (const [position, source] of side.sources.entries()) {
    const answer = answers[position] ?? { unasked: 'it was not there' }
    const targets = targetsOf(source)
    const [name = ''] = targets.map(nameOf)
    const ours = rendered.get(name)
    if ('unasked' in answer) {
      result.uncertain.push(...targets.map(nameOf))
      result.unasked += 1
    } else if ('failure' in answer) {
      result.uncertain.push(...targets.map(nameOf))
      result.unrenderable += 1
      if (ours)
        result.mismatches.push(`${name}: rendered, but the tool says: ${answer.failure.slice(0, 300)}`)
    } else if (!ours && side.chosen.has(source)) {
      result.uncertain.push(...targets.map(nameOf))
      const problem = side.rendering.problems.find(({ path }) => isAbout(path, source))
      result.refused.push(`${source.path}: ${problem?.code ?? 'a problem elsewhere'}`)
    } else {
      result.objects += ours?.length ?? 0
      result.mismatches.push(...(ours ? compareObjects(name, answer.objects, ours) : []))
      result.targets.push(...targets.map((target) => ({ ...target, objects: answer.objects })))
    }
  }
  return result
}

function isAbout(path: string, source: RenderSource): boolean {
  return path === source.path || path.startsWith(`${source.path}/`) || source.path === '.'
}

function compareObjects(name: string, theirs: Objects, objects: readonly KubernetesObject[]): string[] {
  const ours = toObjects(objects)
  return differing(theirs, ours).map((key) => {
    const [left, right] = [theirs.get(key), ours.get(key)]
    if (left === undefined) return `${name} ${key}: the tool does not print it`
    if (right === undefined) return `${name} ${key}: the product does not render it`
    return `${name} ${key}: ${firstDifference(textOf(left), textOf(right))}`
  })
}

function firstDifference(left: string, right: string): string {
  const at = [...left].findIndex((character, index) => character !== right[index])
  const from = Math.max(0, at - 60)
  return `tool …${left.slice(from, at + 60)}… product …${right.slice(from, at + 60)}…`
}
