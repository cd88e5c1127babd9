/** `naru environment|deploy|promote|rollback|release …`: each is one request to /api/v1. The agent is `agent/`. */
import { type ApiCommand, apiCommand, type Given, segment } from './api-command.ts';

const two = { min: 2, max: 2 };
const three = { min: 3, max: 3 };
const instanceFlag = { name: 'instance', value: 'TAG', description: 'Of an environment with an instance for each tag: which.' } as const;

export const deployCommands = {
  'environment set': apiCommand(
    'Make an environment of a repository, or change all of it',
    'REPOSITORY ENVIRONMENT',
    two,
    [
      { name: 'tags', value: 'PATTERN', description: 'Take every tag like this by itself, such as v*.' },
      { name: 'versions', value: 'RANGE', description: 'Take the highest version of this range by itself, such as 1.x.' },
      { name: 'per-tag', description: 'Each tag gets an instance of its own.' },
      { name: 'ttl', value: 'HOURS', description: 'An instance ends so long after its last release.' },
      { name: 'after', value: 'ENVIRONMENT', description: 'Only what ran there before.' },
      { name: 'checked', description: 'Only what was checked.' },
      { name: 'block', value: 'SEVERITY', description: 'Only what was checked, without a finding this bad or worse.' },
      { name: 'signed-by', value: 'NAME', repeated: true, description: 'Only what one of these trusted signers has signed; * is any of them.' },
      { name: 'approval', description: 'Somebody else must approve each release.' },
      { name: 'paused', description: 'Take nothing by itself for now.' },
      { name: 'deployer', value: 'NAME', repeated: true, description: 'Who may deploy, instead of everybody who may move tags.' },
      { name: 'approver', value: 'NAME', repeated: true, description: 'Who may approve, instead of everybody who may manage the repository.' },
      { name: 'agent', value: 'NAME', repeated: true, description: 'An account that agents of this environment log in with.' },
    ],
    ({ values, switches, lists, ...given }) => ({
      method: 'PUT',
      path: environment(given),
      body: {
        follows: follows(values),
        perTag: switches.has('per-tag'),
        ttlMs: values['ttl'] === undefined ? undefined : Number(values['ttl']) * 3600e3,
        after: values['after'],
        requires: requires({ values, switches, ...(lists && { lists }) }),
        needsApproval: switches.has('approval'),
        paused: switches.has('paused'),
        deployers: lists?.['deployer'],
        approvers: lists?.['approver'],
        agents: lists?.['agent'],
      },
    }),
  ),
  'environment ls': apiCommand(
    'List the environments of a repository with what runs in them',
    'REPOSITORY',
    { min: 1, max: 1 },
    [],
    ({ words: [repository] }) => ({
      method: 'GET',
      path: environments(repository),
    }),
  ),
  'environment show': apiCommand('Show an environment with its targets', 'REPOSITORY ENVIRONMENT', two, [], (given) => ({
    method: 'GET',
    path: environment(given),
  })),
  'environment rm': apiCommand('Delete an environment with its history', 'REPOSITORY ENVIRONMENT', two, [], (given) => ({
    method: 'DELETE',
    path: environment(given),
  })),
  'release ls': apiCommand('List the releases of an environment, newest first', 'REPOSITORY ENVIRONMENT', two, [], (given) => ({
    method: 'GET',
    path: `${environment(given)}/releases`,
  })),
  'release approve': apiCommand('Approve a release that somebody else asked for', 'REPOSITORY ENVIRONMENT RELEASE', three, [], (given) =>
    decision(given, true),
  ),
  'release reject': apiCommand(
    'Reject a release',
    'REPOSITORY ENVIRONMENT RELEASE',
    three,
    [{ name: 'reason', value: 'TEXT', description: 'Why, for whoever asked.' }],
    (given) => decision(given, false),
  ),
  deploy: apiCommand(
    'Deploy a tag or a digest into an environment',
    'REPOSITORY ENVIRONMENT',
    two,
    [
      { name: 'tag', value: 'TAG', description: 'What the tag points to now.' },
      { name: 'digest', value: 'DIGEST', description: 'Exactly this.' },
      instanceFlag,
    ],
    ({ values, ...given }) => ({
      method: 'POST',
      path: `${environment(given)}/releases`,
      body: { tag: values['tag'], digest: values['digest'], instance: values['instance'] },
    }),
  ),
  promote: apiCommand(
    'Deploy into an environment what runs in another: the same digest',
    'REPOSITORY FROM TO',
    three,
    [],
    ({ words: [repository, from, to] }) => ({
      method: 'POST',
      path: `${environments(repository)}/${segment(to)}/releases`,
      body: { from },
    }),
  ),
  rollback: apiCommand(
    'Go back to what ran in an environment before',
    'REPOSITORY ENVIRONMENT',
    two,
    [{ name: 'to', value: 'RELEASE', description: 'To this release, which ran there.' }, instanceFlag],
    ({ values, ...given }) => ({
      method: 'POST',
      path: `${environment(given)}/rollback`,
      body: { to: values['to'] === undefined ? undefined : Number(values['to']), instance: values['instance'] },
    }),
  ),
} as const satisfies Readonly<Record<string, ApiCommand>>;

function environments(repository: string | undefined): string {
  return `/repositories/${(repository ?? '').split('/').map(segment).join('/')}/-/environments`;
}

function environment({ words: [repository, name] }: Pick<Given, 'words'>): string {
  return `${environments(repository)}/${segment(name)}`;
}

function decision(given: Given, approved: boolean) {
  return { method: 'POST', path: `${environment(given)}/releases/${segment(given.words[2])}/decision`, body: { approved, message: given.values['reason'] } };
}

function requires({ values, switches, lists }: Pick<Given, 'values' | 'switches' | 'lists'>) {
  const wanted = { ...(switches.has('checked') && { checked: true }), block: values['block'], signedBy: lists?.['signed-by'] };
  return Object.values(wanted).some((one) => one !== undefined) ? wanted : undefined;
}

function follows({ tags, versions }: Given['values']) {
  if (tags !== undefined) return { kind: 'tags', pattern: tags };
  return versions === undefined ? { kind: 'nothing' } : { kind: 'versions', range: versions };
}
