import { readFileSync } from 'node:fs'
import type { Problem } from '../domain/problem.ts'
import type { RendererPlugin } from '../domain/renderer-plugin.ts'
import { readYaml } from '../features/config/read-yaml.ts'

const setting = 'DRAWBRIDGE_PLUGINS'
const form = 'write a list such as - { name: cdk8s, program: /opt/render/cdk8s, arguments: [synth] }'

/** The plug-ins that the operator's file lists; what is wrong with it is added to `problems`, and none is taken then. */
export function readRendererPlugins(file: string | undefined, problems: Problem[]): RendererPlugin[] {
  if (!file) return []
  const text = readText(file)
  if (text === undefined) {
    problems.push(problem('SETTING_UNREADABLE', 0, `the file ${file} cannot be read`, 'check the path'))
    return []
  }
  const { value, lineOf, problems: faults } = readYaml(text, file)
  const list: unknown[] = Array.isArray(value) ? value : []
  const plugins = list.map(toPlugin)
  const isWhole = Array.isArray(value) && plugins.every((plugin) => plugin !== undefined)
  if (faults.length === 0 && isWhole) return plugins.filter((plugin) => plugin !== undefined)
  const line = faults[0]?.line ?? lineOf([Math.max(plugins.indexOf(undefined), 0)])
  problems.push(problem('SETTING_INVALID', line, 'this is not a list of plug-ins', form))
  return []
}

function toPlugin(value: unknown): RendererPlugin | undefined {
  const { name, program, arguments: words = [], readable = [] } = (value ?? {}) as Record<string, unknown>
  const isNamed = typeof name === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
  if (!isNamed || !isWholePath(program) || !isListOf(words, isText) || !isListOf(readable, isWholePath))
    return undefined
  return { name, program, arguments: words, readable }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function isListOf<Item>(value: unknown, isItem: (item: unknown) => item is Item): value is Item[] {
  return Array.isArray(value) && value.every(isItem)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isWholePath(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('/')
}

function problem(code: string, line: number, message: string, fix: string): Problem {
  return { code, path: setting, line, message: `${setting}: ${message}`, fix }
}
