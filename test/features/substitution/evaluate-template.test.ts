import { describe, expect, it } from 'vitest'
import type { Variable } from '../../../src/domain/substitution.ts'
import { evaluateTemplate } from '../../../src/features/substitution/evaluate-template.ts'

const known: Record<string, Variable> = {
  word: { kind: 'value', value: 'Hello' },
  file: { kind: 'value', value: 'dir/sub/app.tar.gz' },
  path: { kind: 'value', value: '/dir/sub' },
  twice: { kind: 'value', value: 'one-two-one' },
  accent: { kind: 'value', value: 'élan' },
  number: { kind: 'value', value: '2' },
  empty: { kind: 'value', value: '' },
  open: { kind: 'unknown', from: 'Secret s' },
  hidden: { kind: 'secret', shown: '«secret:s/hidden»', from: 'Secret s' },
}

const evaluate = (text: string) =>
  evaluateTemplate(text, (name) => (Object.hasOwn(known, name) ? known[name] : undefined))

/**
 * What Flux makes of a text. Each row was run through fluxcd/pkg envsubst 1.7.0 as well (its own table is
 * envsubst/eval_test.go); `none` is a variable that nobody gives.
 */
describe('as Flux evaluates it', () => {
  it.each`
    case                                      | text                              | result
    ${'no variable'}                          | ${'a $b {c} $'}                   | ${'a $b {c} $'}
    ${'a variable'}                           | ${'<${word}>'}                    | ${'<Hello>'}
    ${'two side by side'}                     | ${'${word}${number}'}             | ${'Hello2'}
    ${'nobody gives it'}                      | ${'<${none}>'}                    | ${'<>'}
    ${'it is empty'}                          | ${'<${empty}>'}                   | ${'<>'}
    ${'the shell form without braces'}        | ${'$word'}                        | ${'$word'}
    ${'escaped'}                              | ${'$${word}'}                     | ${'${word}'}
    ${'a dollar sign before one'}             | ${'$$${word}'}                    | ${'$Hello'}
    ${'two dollar signs alone'}               | ${'a$$b'}                         | ${'a$b'}
    ${'backslashes outside'}                  | ${'\\\\ \\/ ${word}'}             | ${'\\\\ \\/ Hello'}
    ${'length'}                               | ${'${#word}'}                     | ${'5'}
    ${'length counts bytes'}                  | ${'${#accent}'}                   | ${'5'}
    ${'length of nothing'}                    | ${'${#none}'}                     | ${'0'}
    ${'first letter up'}                      | ${'${accent^}'}                   | ${'Élan'}
    ${'all letters up'}                       | ${'${word^^}'}                    | ${'HELLO'}
    ${'first letter down'}                    | ${'${word,}'}                     | ${'hello'}
    ${'all letters down'}                     | ${'${word,,}'}                    | ${'hello'}
    ${'default with ='}                       | ${'${none=x}'}                    | ${'x'}
    ${'default with :='}                      | ${'${none:=x}'}                   | ${'x'}
    ${'default with :-'}                      | ${'${none:-x}'}                   | ${'x'}
    ${'default for an empty value'}           | ${'${empty=x}'}                   | ${'x'}
    ${'default that is not needed'}           | ${'${word:=x}'}                   | ${'Hello'}
    ${'default with blanks and signs'}        | ${'${none:=a b: [c] #d}'}         | ${'a b: [c] #d'}
    ${'empty default'}                        | ${'<${none:=}>'}                  | ${'<>'}
    ${'default that is a variable'}           | ${'${none:=${word}}'}             | ${'Hello'}
    ${'default in parts'}                     | ${'${none:=a-${word}-${number}}'} | ${'a-Hello-2'}
    ${'default in a default'}                 | ${'${none:=${nobody:=deep}}'}     | ${'deep'}
    ${'no escape in a default'}               | ${'${none:=a$$b}'}                | ${'a$$b'}
    ${':+ is a default too'}                  | ${'${none:+x}${word:+x}'}         | ${'xHello'}
    ${':? is a default too'}                  | ${'${none:?x}'}                   | ${'x'}
    ${'from a position'}                      | ${'${word:1}'}                    | ${'ello'}
    ${'position and length'}                  | ${'${word:1:2}'}                  | ${'el'}
    ${'a default that looks like a position'} | ${'${word:-2}'}                   | ${'Hello'}
    ${'position from the end, nested'}        | ${'${word:${none:=-2}}'}          | ${'lo'}
    ${'position behind the end'}              | ${'<${word:9}>'}                  | ${'<>'}
    ${'length over the end'}                  | ${'${word:3:9}'}                  | ${'lo'}
    ${'position that is no number'}           | ${'${word:x}'}                    | ${'Hello'}
    ${'position with a blank'}                | ${'${word: 1}'}                   | ${'Hello'}
    ${'position that is a variable'}          | ${'${word:${number}}'}            | ${'llo'}
    ${'without the shortest start'}           | ${'${file#*/}'}                   | ${'sub/app.tar.gz'}
    ${'without the longest start'}            | ${'${file##*/}'}                  | ${'app.tar.gz'}
    ${'start that is a slash'}                | ${'${path#/}'}                    | ${'dir/sub'}
    ${'without the shortest end'}             | ${'${file%.*}'}                   | ${'dir/sub/app.tar'}
    ${'without the longest end'}              | ${'${file%%.*}'}                  | ${'dir/sub/app'}
    ${'one character'}                        | ${'${word#?}'}                    | ${'ello'}
    ${'a class of characters'}                | ${'${word#[A-H]}'}                | ${'ello'}
    ${'an excluded class'}                    | ${'${word#[^A-H]}'}               | ${'Hello'}
    ${'a pattern that does not match'}        | ${'${word#x*}'}                   | ${'Hello'}
    ${'a malformed pattern'}                  | ${'${word#[}'}                    | ${'Hello'}
    ${'first replaced'}                       | ${'${twice/one/1}'}               | ${'1-two-one'}
    ${'all replaced'}                         | ${'${twice//one/1}'}              | ${'1-two-1'}
    ${'start replaced'}                       | ${'${twice/#one/1}'}              | ${'1-two-one'}
    ${'end replaced'}                         | ${'${twice/%one/1}'}              | ${'one-two-1'}
    ${'end that differs'}                     | ${'${twice/%two/2}'}              | ${'one-two-one'}
    ${'taken away'}                           | ${'${twice//one/}'}               | ${'-two-'}
    ${'end needs something to put there'}     | ${'${twice/%one/}'}               | ${'one-two-one'}
    ${'escaped slashes'}                      | ${'${file//\\//-}'}               | ${'dir-sub-app.tar.gz'}
    ${'replaced by a variable'}               | ${'${twice/one/${number}}'}       | ${'2-two-one'}
    ${'a dollar sign in what is put there'}   | ${'${twice/one/$&}'}              | ${'$&-two-one'}
    ${'a brace in what is looked for'}        | ${'${twice/}/x}'}                 | ${'one-two-one'}
  `('$case: $text', ({ text, result }: { text: string; result: string }) => {
    expect(evaluate(text).text).toBe(result)
  })

  it.each`
    text             | why
    ${'${}'}         | ${'unable to parse variable name'}
    ${'${.x}'}       | ${'unable to parse variable name'}
    ${'${word'}      | ${'missing closing brace'}
    ${'${word }'}    | ${'missing closing brace'}
    ${'${word-x}'}   | ${'missing closing brace'}
    ${'${word[@]}'}  | ${'missing closing brace'}
    ${'${#}'}        | ${'bad substitution'}
    ${'${word^x}'}   | ${'bad substitution'}
    ${'${word:é}'}   | ${'bad substitution'}
    ${'${word/x}'}   | ${'bad substitution'}
    ${'${word:}'}    | ${'unable to parse substitution within function'}
    ${'${word#}'}    | ${'unable to parse substitution within function'}
    ${'${word:=x'}   | ${'unable to parse substitution within function'}
    ${'${word//x/y'} | ${'bad substitution'}
  `('refuses $text', ({ text, why }: { text: string; why: string }) => {
    expect(() => evaluate(text)).toThrow(why)
  })
})

/**
 * | the variable is | used                      | result           |
 * |-----------------|---------------------------|------------------|
 * | unknown         | anyhow                    | as it is written |
 * | unknown         | in a default not needed   | not asked for    |
 * | a secret        | anyhow                    | its mark         |
 */
describe('what is not to be known', () => {
  it.each`
    text                         | result                                   | unknown     | secret
    ${'a-${open}'}               | ${'a-${open}'}                           | ${['open']} | ${[]}
    ${'${open:=x}'}              | ${'${open:=x}'}                          | ${['open']} | ${[]}
    ${'${open//a/${word}}'}      | ${'${open//a/${word}}'}                  | ${['open']} | ${[]}
    ${'${none:=a-${open}}'}      | ${'a-${open}'}                           | ${['open']} | ${[]}
    ${'${word:=${open}}'}        | ${'Hello'}                               | ${[]}       | ${[]}
    ${'${word:${open}}'}         | ${'${word:${open}}'}                     | ${['open']} | ${[]}
    ${'${hidden}-${hidden:0:2}'} | ${'«secret:s/hidden»-«secret:s/hidden»'} | ${[]}       | ${['hidden']}
    ${'${#hidden}'}              | ${'«secret:s/hidden»'}                   | ${[]}       | ${['hidden']}
    ${'${none:=${hidden}}'}      | ${'«secret:s/hidden»'}                   | ${[]}       | ${['hidden']}
  `('$text → $result', ({ text, ...expected }: Record<string, unknown>) => {
    const { result, unknown, secret } = expected
    expect(evaluate(String(text))).toEqual({ text: result, unknown, secret })
  })
})
