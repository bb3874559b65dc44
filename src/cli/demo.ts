import type { Subcommand } from './subcommand.ts'

export const demo: Subcommand = {
  summary: 'the whole journey on this machine: an emulated GitHub and clusters, a real everything else',
  usage: '[--port NUMBER] [--once] [--folder DIR]',
  options: {
    port: {
      type: 'string',
      value: 'NUMBER',
      summary: 'Of the dashboard and the emulated GitHub; default: a free one',
    },
    once: { type: 'boolean', summary: 'Tell the story and end, with exit code 0 when all of it came true' },
    folder: {
      type: 'string',
      value: 'DIR',
      summary: 'Where it keeps its files; default: a new temporary folder',
    },
  },
  description: [
    'Needs no account, no cluster and no network. Tells the story from a pull request to its revert, then stays for you to play.',
    'Exit codes: 0 it was asked to stop, or the story came true; 1 a step of the story did not.',
  ],
  run: (given, { launch }) =>
    launch.demo({ port: given.string('port'), once: given.boolean('once'), folder: given.string('folder') }),
}
