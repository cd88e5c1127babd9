/** `naru tag-rule …` and `naru deprecate`: what a repository asks of its tags, and says of them. */
import { type ApiCommand, apiCommand } from './api-command.ts';

const one = { min: 1, max: 1 };

export const tagRuleCommands = {
  'tag-rule set': apiCommand(
    'Replace the rules for the tags of a repository: what is there stays. PATTERN is like v*, {semver} for any semantic version, or {release} for one that is no prerelease',
    'REPOSITORY',
    one,
    [
      { name: 'allow', value: 'PATTERN', repeated: true, description: 'Only tags like this; with {semver}, versions only.' },
      { name: 'forbid', value: 'PATTERN', repeated: true, description: 'No tags like this, such as latest.' },
      { name: 'immutable', value: 'PATTERN', repeated: true, description: 'Pushed once: such a tag neither moves nor goes.' },
      { name: 'keep', value: 'ALIAS', repeated: true, description: 'major, minor or latest: the server keeps 1, 1.2 or latest on the highest release.' },
    ],
    ({ words: [name], lists }) => ({
      method: 'PUT',
      path: `/repositories/${name}/-/tag-rules`,
      body: { allowed: lists?.['allow'], forbidden: lists?.['forbid'], immutable: lists?.['immutable'], aliases: lists?.['keep'] },
    }),
  ),
  'tag-rule show': apiCommand('Show the rules for the tags of a repository', 'REPOSITORY', one, [], ({ words: [name] }) => ({
    method: 'GET',
    path: `/repositories/${name}/-/tag-rules`,
  })),
  'tag-rule rm': apiCommand('Take all rules and notices for the tags of a repository away', 'REPOSITORY', one, [], ({ words: [name] }) => ({
    method: 'DELETE',
    path: `/repositories/${name}/-/tag-rules`,
  })),
  deprecate: apiCommand(
    'Say of tags that they are deprecated: whoever pulls one is told. The tag may be a pattern',
    'REPOSITORY:TAG [MESSAGE]',
    { min: 1, max: 2 },
    [
      { name: 'end-of-life', description: 'They have reached their end of life.' },
      { name: 'undo', description: 'Take back what was said.' },
    ],
    ({ words: [target = '', message], switches }) => {
      const colon = target.lastIndexOf(':');
      const [name, tags] = colon < 0 ? [target, '*'] : [target.slice(0, colon), target.slice(colon + 1)];
      return switches.has('undo')
        ? { method: 'POST', path: `/repositories/${name}/-/tag-notices/delete`, body: { tags } }
        : {
            method: 'PUT',
            path: `/repositories/${name}/-/tag-notices`,
            body: { tags, kind: switches.has('end-of-life') ? 'end-of-life' : 'deprecated', message },
          };
    },
  ),
} as const satisfies Record<string, ApiCommand>;
