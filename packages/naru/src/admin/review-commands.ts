/** `naru review …`: which images wait for a person, and what that person decides. */
import { type ApiCommand, apiCommand, type Given, segment } from './api-command.ts';

const one = { min: 1, max: 1 };
const image = { min: 2, max: 2 };
const states = [{ name: 'state', value: 'STATE', description: 'staged, approved or refused.', default: 'staged' }] as const;

export const reviewCommands = {
  'review list': apiCommand(
    'List the images that wait for a decision: of one repository, or of all that you review',
    '[REPOSITORY]',
    { min: 0, max: 1 },
    states,
    ({ words: [name], values }) => ({
      method: 'GET',
      path: `${name === undefined ? '' : `/repositories/${name}/-`}/reviews?state=${segment(values['state'] ?? 'staged')}&limit=1000`,
    }),
  ),
  'review approve': apiCommand(
    'Show an image to everybody: with what it holds and what is said of it. REFERENCE is a tag or a digest; what you have pushed yourself, somebody else approves',
    'REPOSITORY REFERENCE',
    image,
    [{ name: 'reason', value: 'TEXT', description: 'Why, for the record.' }],
    (given) => decision(given, 'approve'),
  ),
  'review refuse': apiCommand(
    'Keep an image from everybody but those who push and review',
    'REPOSITORY REFERENCE',
    image,
    [{ name: 'reason', value: 'TEXT', description: 'Why: whoever pushed it reads it.' }],
    (given) => decision(given, 'refuse'),
  ),
  'review require': apiCommand('Show what is pushed only when a person has approved it: what is there now is approved', 'REPOSITORY', one, [], (given) =>
    requirement(given, true),
  ),
  'review end': apiCommand('End the reviews of a repository, and show everything that it holds', 'REPOSITORY', one, [], (given) => requirement(given, false)),
  'review show': apiCommand('Show whether a repository is reviewed, and since when', 'REPOSITORY', one, [], ({ words: [name] }) => ({
    method: 'GET',
    path: `/repositories/${name}/-/review`,
  })),
} as const satisfies Record<string, ApiCommand>;

function decision({ words: [name, reference], values }: Given, made: 'approve' | 'refuse') {
  return { method: 'POST', path: `/repositories/${name}/-/images/${segment(reference)}/review`, body: { decision: made, reason: values['reason'] } };
}

function requirement({ words: [name] }: Given, required: boolean) {
  return { method: 'PUT', path: `/repositories/${name}/-/review`, body: { required } };
}
