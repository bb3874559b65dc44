import { readFileSync } from 'node:fs'
import type { Problem } from '../domain/problem.ts'

export type Environment = Record<string, string | undefined>

type Check = (value: string) => boolean

/** Takes settings by name and gathers what is wrong with them. A message never holds a value: it may be a secret. */
export function createSettingReader(environment: Environment) {
  const problems: Problem[] = []

  /** `NAME`, or the content of the file that `NAME_FILE` names. Empty counts as not set. */
  function read(name: string): { value?: string; isUnreadable?: boolean } {
    const file = environment[`${name}_FILE`]
    if (!file) return { value: environment[name]?.trim() || undefined }
    if (environment[name]) {
      problems.push(settingProblem('SETTING_INVALID', name, `${name}_FILE is set too`, 'keep one of them'))
      return { isUnreadable: true }
    }
    try {
      return { value: readFileSync(file, 'utf8').trim() || undefined }
    } catch {
      problems.push(
        settingProblem(
          'SETTING_UNREADABLE',
          `${name}_FILE`,
          `the file ${file} cannot be read`,
          'check the path and its permissions',
        ),
      )
      return { isUnreadable: true }
    }
  }

  function checked(name: string, value: string, isValid: Check, what: string, fix: string): string {
    if (!isValid(value))
      problems.push(settingProblem('SETTING_INVALID', name, `the value is not ${what}`, fix))
    return value
  }

  return {
    problems,
    required(name: string, isValid: Check, what: string, fix: string): string {
      const { value, isUnreadable } = read(name)
      if (value !== undefined) return checked(name, value, isValid, what, `set it to ${fix}`)
      if (!isUnreadable)
        problems.push(settingProblem('SETTING_MISSING', name, 'is not set', `set it to ${fix}`))
      return ''
    },
    optional(name: string, isValid: Check, what: string, fix: string): string | undefined {
      const { value } = read(name)
      return value === undefined ? undefined : checked(name, value, isValid, what, fix)
    },
  }
}

export type SettingReader = ReturnType<typeof createSettingReader>

export function isWebAddress(value: string): boolean {
  return hasProtocol(value, ['https:', 'http:'])
}

export function hasProtocol(value: string, protocols: string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol)
}

export function settingProblem(code: string, path: string, message: string, fix: string): Problem {
  return { code, path, line: 0, message: `${path}: ${message}`, fix }
}
