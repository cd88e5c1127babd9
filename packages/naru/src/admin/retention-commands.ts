/** `naru retention …` and `naru trash`: how long tags stay, and what was deleted. */
import { type ApiCommand, apiCommand, type Given } from './api-command.ts';

const one = { min: 1, max: 1 };
const policyFlags = [
  { name: 'tag', value: 'PATTERN', repeated: true, description: 'Only about tags like this; without it: all.' },
  { name: 'keep-newest', value: 'N', description: 'Keep so many that were moved last.' },
  { name: 'keep-days', value: 'N', description: 'Keep what was moved in so many days.' },
  { name: 'keep-pulled-days', value: 'N', description: 'Keep what was pulled in so many days.' },
  { name: 'keep-patches', value: 'N', description: 'Of each minor version keep so many of the highest.' },
  { name: 'keep-minors', value: 'N', description: 'Keep all of so many of the highest minor versions.' },
  { name: 'keep-majors', value: 'N', description: 'Keep all of so many of the highest major versions.' },
  { name: 'keep-tag', value: 'PATTERN', repeated: true, description: 'Keep tags like this.' },
  { name: 'may-empty', description: 'Even if it leaves no tag.' },
] as const;

export const retentionCommands = {
  'retention set': apiCommand(
    'Say how long the tags of a repository stay: what any rule keeps stays, the rest is deleted every hour, and can be put back',
    'REPOSITORY',
    one,
    policyFlags,
    (given) => ({ method: 'PUT', path: at(given), body: policyOf(given) }),
  ),
  'retention preview': apiCommand('Say what a policy would delete now, and delete nothing', 'REPOSITORY', one, policyFlags, (given) => ({
    method: 'POST',
    path: `${at(given)}/preview`,
    body: policyOf(given),
  })),
  'retention show': apiCommand('Show how long the tags of a repository stay', 'REPOSITORY', one, [], (given) => ({ method: 'GET', path: at(given) })),
  'retention run': apiCommand('Carry the policy of a repository out now', 'REPOSITORY', one, [], (given) => ({ method: 'POST', path: `${at(given)}/run` })),
  'retention rm': apiCommand('Let tags stay until somebody deletes them', 'REPOSITORY', one, [], (given) => ({ method: 'DELETE', path: at(given) })),
  'trash list': apiCommand('List the deleted tags of a repository that can be put back', 'REPOSITORY', one, [], ({ words: [name] }) => ({
    method: 'GET',
    path: `/repositories/${name}/-/trash?limit=1000`,
  })),
  'trash restore': apiCommand(
    'Put a deleted tag back: DIGEST is what the list says',
    'REPOSITORY TAG DIGEST',
    { min: 3, max: 3 },
    [],
    ({ words: [name, tag, digest] }) => ({
      method: 'POST',
      path: `/repositories/${name}/-/place-tags`,
      body: { tags: [{ tag, digest, expected: null }] },
    }),
  ),
  'trash images': apiCommand('List images that were deleted by their digest and can be put back', 'REPOSITORY', one, [], ({ words: [name] }) => ({
    method: 'GET',
    path: `/repositories/${name}/-/trash/images?limit=1000`,
  })),
  'trash restore-image': apiCommand(
    'Put back an image that was deleted by its digest: with its platforms, on those of its tags that are nowhere now',
    'REPOSITORY DIGEST',
    { min: 2, max: 2 },
    [{ name: 'no-tags', description: 'On no tag.' }],
    ({ words: [name, digest], switches }) => ({
      method: 'POST',
      path: `/repositories/${name}/-/trash/images/${digest}/restore`,
      body: switches.has('no-tags') ? { tags: [] } : {},
    }),
  ),
  'trash empty': apiCommand(
    'Give up what was deleted by its digest: one image, or all of a repository',
    'REPOSITORY [DIGEST]',
    { min: 1, max: 2 },
    [],
    ({ words: [name, digest] }) =>
      digest === undefined
        ? { method: 'POST', path: `/repositories/${name}/-/trash/empty` }
        : { method: 'DELETE', path: `/repositories/${name}/-/trash/images/${digest}` },
  ),
} as const satisfies Record<string, ApiCommand>;

function at({ words: [name] }: Pick<Given, 'words'>): string {
  return `/repositories/${name}/-/retention`;
}

function policyOf({ values, lists, switches }: Given): Readonly<Record<string, unknown>> {
  const number = (name: string): number | undefined => (values[name] === undefined ? undefined : Number(values[name]));
  return {
    tags: lists?.['tag'],
    keep: {
      newest: number('keep-newest'),
      movedWithinDays: number('keep-days'),
      pulledWithinDays: number('keep-pulled-days'),
      patches: number('keep-patches'),
      minors: number('keep-minors'),
      majors: number('keep-majors'),
      tags: lists?.['keep-tag'],
    },
    ...(switches.has('may-empty') && { mayEmpty: true }),
  };
}
