import { describe, expect, it } from 'vitest'
import { celReason, compileCel, toCel } from '../../../src/features/policy/cel.ts'

function ask(expression: string, object: unknown): unknown {
  const program = compileCel(expression)
  if (program.kind === 'invalid') return `invalid: ${program.reason}`
  try {
    return program.evaluate({ object: toCel(object), oldObject: null, request: {}, variables: {} })
  } catch (error) {
    return `failed: ${celReason(error)}`
  }
}

describe('compileCel', () => {
  it.each`
    expression                                            | object                | answer
    ${'object.a == 2 && type(object.a) == int'}           | ${{ a: 2 }}           | ${true}
    ${'object.a > 1.4'}                                   | ${{ a: 1.5 }}         | ${true}
    ${'object.a.matches("^b+$")'}                         | ${{ a: 'bbb' }}       | ${true}
    ${'matches(object.a, "^b+$")'}                        | ${{ a: 'abb' }}       | ${false}
    ${'object.l.all(x, x.matches("^a") // .matches(\n)'}  | ${{ l: ['ab', 'b'] }} | ${false}
    ${'(object.a + "c").matches("c$")'}                   | ${{ a: 'b' }}         | ${true}
    ${'object.a.matches("//") && "matches" == "matches"'} | ${{ a: '//' }}        | ${true}
    ${'object.a.replace("$", "$&")'}                      | ${{ a: 'x$y' }}       | ${'x$&y'}
    ${'has(object.toString)'}                             | ${{}}                 | ${false}
    ${'object.constructor == null'}                       | ${{}}                 | ${'failed: No such key: constructor'}
    ${'object.missing == 1'}                              | ${{}}                 | ${'failed: No such key: missing'}
    ${'authorizer.allowed()'}                             | ${{}}                 | ${'failed: Unknown variable: authorizer'}
    ${'object.a.matches("(?=x)")'}                        | ${{ a: 'x' }}         | ${'failed: error parsing regexp: invalid or unsupported Perl syntax: `(?=`'}
    ${'object.('}                                         | ${{}}                 | ${'invalid: Expected IDENTIFIER, got LPAREN'}
  `('$expression', ({ expression, object, answer }) => {
    expect(ask(expression, object)).toEqual(answer)
  })

  it('keeps keys that JavaScript would take for the prototype apart', () => {
    expect(ask('object["__proto__"].a', JSON.parse('{"__proto__": {"a": "kept"}}'))).toBe('kept')
  })

  it('is linear where a backtracking engine is exponential', () => {
    const text = `${'a'.repeat(5_000)}!`
    expect(ask('object.a.matches("^(a+)+$")', { a: text })).toBe(false)
    expect(ask('object.l.exists(x, x.matches("^(a|a)*$"))', { l: [text] })).toBe(false)
  })

  it('refuses what is too long or too deep to be meant', () => {
    expect(ask('1 + '.repeat(10_000), {})).toMatch('is longer than')
    expect(ask(`${'('.repeat(2_000)}1${')'.repeat(2_000)}`, {})).toMatch('invalid')
  })
})
