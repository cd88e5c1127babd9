/** The truth table of the policy, and what must hold for whatever anybody writes into grants. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import { type Action, actions, roles } from './action.ts';
import { parseNetwork } from '../network/network.ts';
import { type AccessRequest, type Denial, findDenial, type Grant, type Profile, type Standing, visibilities } from './policy.ts';
import { anonymous, operator, type Principal } from './principal.ts';

const kim: Principal = { kind: 'user', id: 'k', name: 'kim', administrator: false };
const root: Principal = { kind: 'user', id: 'r', name: 'root', administrator: true };
const robot: Principal = { kind: 'robot', id: 'b', name: 'acme+bot', namespace: 'acme' };
const ci: Principal = { kind: 'ci', id: 'c', name: 'acme+github', namespace: 'acme' };

const name = parseRepositoryName('acme/app');
const nothing: Standing = { memberActions: [], grants: [] };
const inside = network('10.0.0.0/8');

function network(text: string) {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Error(`${text} is no network`);
  return parsed;
}

function allow(given: readonly Action[], rest: Partial<Grant> = {}): Grant {
  return { effect: 'allow', actions: given, pattern: 'acme/app', conditions: {}, ...rest };
}

function deny(given: readonly Action[], rest: Partial<Grant> = {}): Grant {
  return { ...allow(given, rest), effect: 'deny' };
}

type Row = [what: string, request: Partial<AccessRequest>, outcome: Denial | 'allowed'];

const rows: Row[] = [
  ['local: nobody is asked', { profile: 'local', principal: anonymous, action: 'manage' }, 'allowed'],

  ['local: but nobody pulls what is blocked', { profile: 'local', principal: anonymous, action: 'pull:blocked' }, 'not-granted'],
  ['an owner does not pull what is blocked', { principal: kim, action: 'pull:blocked', standing: { ...nothing, role: 'owner' } }, 'not-granted'],
  ['nor does an administrator', { principal: root, action: 'pull:blocked' }, 'not-granted'],
  ['the operator does', { principal: operator, action: 'pull:blocked' }, 'allowed'],
  ['and whoever a grant lets', { principal: kim, action: 'pull:blocked', standing: { ...nothing, grants: [allow(['pull:blocked'])] } }, 'allowed'],
  [
    'with a token for a pull',
    {
      principal: kim,
      action: 'pull:blocked',
      scope: { repositories: new Map([[name, ['pull']]]) },
      standing: { ...nothing, grants: [allow(['pull:blocked'])] },
    },
    'allowed',
  ],
  ['hub: anonymous pulls what is public', { principal: anonymous, repository: { name, visibility: 'public' } }, 'allowed'],
  ['private: anonymous pulls nothing', { profile: 'private', principal: anonymous, repository: { name, visibility: 'public' } }, 'not-granted'],
  ['private: an account pulls what is public', { profile: 'private', principal: kim, repository: { name, visibility: 'public' } }, 'allowed'],
  ['anonymous does not pull what is internal', { principal: anonymous, repository: { name, visibility: 'internal' } }, 'not-granted'],
  ['an account pulls what is internal', { principal: kim, repository: { name, visibility: 'internal' } }, 'allowed'],
  ['a robot pulls what is internal', { principal: robot, repository: { name, visibility: 'internal' } }, 'allowed'],
  ['an outsider does not pull what is private', { principal: kim, repository: { name, visibility: 'private' } }, 'not-granted'],
  ['an outsider does not push to what is public', { principal: kim, action: 'push', repository: { name, visibility: 'public' } }, 'not-granted'],
  ['an outsider does not pull what is not there', { principal: kim, repository: { name } }, 'not-granted'],

  ['an owner does not review', { principal: kim, action: 'review', standing: { ...nothing, role: 'owner' } }, 'not-granted'],
  ['an administrator does', { principal: root, action: 'review' }, 'allowed'],
  ['and whoever a grant lets review', { principal: kim, action: 'review', standing: { ...nothing, grants: [allow(['review'])] } }, 'allowed'],
  ['the owner does everything else', { principal: kim, action: 'manage', standing: { ...nothing, role: 'owner' } }, 'allowed'],
  ['the owner makes repositories', { principal: kim, action: 'push', repository: { name }, standing: { ...nothing, role: 'owner' } }, 'allowed'],
  ['a member may do what members may', { principal: kim, standing: { ...nothing, role: 'member', memberActions: ['pull'] } }, 'allowed'],
  ['and no more', { principal: kim, action: 'push', standing: { ...nothing, role: 'member', memberActions: ['pull'] } }, 'not-granted'],
  ['what members may is nothing to others', { principal: kim, standing: { ...nothing, memberActions: ['pull'] } }, 'not-granted'],
  ['an administrator does everything', { principal: root, action: 'delete' }, 'allowed'],
  ['the operator does everything', { principal: operator, action: 'delete' }, 'allowed'],

  ['a grant allows', { principal: kim, action: 'push', standing: { ...nothing, grants: [allow(roles.write)] } }, 'allowed'],
  ['what it names', { principal: kim, action: 'delete', standing: { ...nothing, grants: [allow(roles.write)] } }, 'not-granted'],
  ['where it says', { principal: kim, standing: { ...nothing, grants: [allow(['pull'], { pattern: 'acme/other' })] } }, 'not-granted'],
  ['to a robot', { principal: robot, action: 'push', standing: { ...nothing, grants: [allow(roles.write)] } }, 'allowed'],
  ['to a run of CI', { principal: ci, action: 'push', standing: { ...nothing, grants: [allow(roles.write)] } }, 'allowed'],
  ['to anonymous', { principal: anonymous, standing: { ...nothing, grants: [allow(['pull'])] } }, 'allowed'],
  ['before the repository is there', { principal: kim, action: 'push', repository: { name }, standing: { ...nothing, grants: [allow(['push'])] } }, 'allowed'],

  ['a denial beats a grant', { principal: kim, standing: { ...nothing, grants: [allow(['pull']), deny(['pull'])] } }, 'denied'],
  ['and openness', { principal: kim, repository: { name, visibility: 'public' }, standing: { ...nothing, grants: [deny(['pull'])] } }, 'denied'],
  ['and ownership', { principal: kim, action: 'push', standing: { role: 'owner', memberActions: [], grants: [deny(['push'])] } }, 'denied'],
  ['and an administrator', { principal: root, standing: { ...nothing, grants: [deny(['pull'])] } }, 'denied'],
  ['but not the one who must repair it', { principal: root, action: 'manage', standing: { ...nothing, grants: [deny(['manage'])] } }, 'allowed'],

  [
    'a namespace for some networks, from one of them',
    { principal: kim, standing: { role: 'owner', memberActions: [], grants: [], networks: [inside] }, from: { address: '10.1.2.3', now: 0 } },
    'allowed',
  ],
  [
    'over an IPv6 socket',
    { principal: kim, standing: { role: 'owner', memberActions: [], grants: [], networks: [inside] }, from: { address: '::ffff:10.1.2.3', now: 0 } },
    'allowed',
  ],
  ['from elsewhere', { principal: kim, standing: { role: 'owner', memberActions: [], grants: [], networks: [inside] } }, 'network'],
  [
    'from elsewhere, public or not',
    { principal: anonymous, repository: { name, visibility: 'public' }, standing: { ...nothing, networks: [inside] } },
    'network',
  ],
  ['from elsewhere, an administrator', { principal: root, standing: { ...nothing, networks: [inside] } }, 'network'],
  ['from elsewhere, to repair it', { principal: root, action: 'manage', standing: { ...nothing, networks: [inside] } }, 'allowed'],
  ['for no network at all', { principal: kim, standing: { role: 'owner', memberActions: [], grants: [], networks: [] } }, 'network'],

  ['a token for less', { principal: root, action: 'push', scope: { actions: ['pull'] } }, 'scope'],
  ['a token for other repositories', { principal: root, scope: { patterns: ['other/**'] } }, 'scope'],
  ['a token for this', { principal: root, scope: { actions: ['pull'], patterns: ['acme/*'] } }, 'allowed'],
  ['a registry token for this', { principal: root, scope: { repositories: new Map([[name, ['pull']]]) } }, 'allowed'],
  ['a registry token for less', { principal: root, action: 'push', scope: { repositories: new Map([[name, ['pull']]]) } }, 'scope'],
  ['a token never adds', { principal: kim, scope: { actions: ['pull'], repositories: new Map([[name, ['pull']]]) } }, 'not-granted'],

  [
    'a condition on the network, met',
    { principal: kim, standing: { ...nothing, grants: [allow(['pull'], { conditions: { networks: [inside] } })] }, from: { address: '10.0.0.1', now: 0 } },
    'allowed',
  ],
  ['not met', { principal: kim, standing: { ...nothing, grants: [allow(['pull'], { conditions: { networks: [inside] } })] } }, 'not-granted'],
  [
    'a denial on the network, not met',
    { principal: root, standing: { ...nothing, grants: [deny(['pull'], { conditions: { networks: [inside] } })] } },
    'allowed',
  ],
  ['not yet', { principal: kim, standing: { ...nothing, grants: [allow(['pull'], { conditions: { notBefore: 6 } })] } }, 'not-granted'],
  ['from now on', { principal: kim, standing: { ...nothing, grants: [allow(['pull'], { conditions: { notBefore: 5 } })] } }, 'allowed'],
  ['no longer', { principal: kim, standing: { ...nothing, grants: [allow(['pull'], { conditions: { notAfter: 5 } })] } }, 'not-granted'],

  ['a tag that the grant names', tagged('tag:move', 'dev-1', allow(['tag:move'], { conditions: { tags: ['dev-*'] } })), 'allowed'],
  ['another tag', tagged('tag:move', 'v1', allow(['tag:move'], { conditions: { tags: ['dev-*'] } })), 'not-granted'],
  [
    'the bytes before the tag',
    { principal: kim, action: 'push', standing: { ...nothing, grants: [allow(['push'], { conditions: { tags: ['dev-*'] } })] } },
    'allowed',
  ],
  [
    'deleting a digest, which may have any tag',
    { principal: kim, action: 'delete', standing: { ...nothing, grants: [allow(['delete'], { conditions: { tags: ['dev-*'] } })] } },
    'not-granted',
  ],
  ['a denial for a tag', tagged('tag:move', 'latest', allow(['tag:move']), deny(['tag:move'], { conditions: { tags: ['latest'] } })), 'denied'],
  ['a denial for another tag', tagged('tag:move', 'v1', allow(['tag:move']), deny(['tag:move'], { conditions: { tags: ['latest'] } })), 'allowed'],
];

function tagged(action: Action, tag: string, ...grants: Grant[]): Partial<AccessRequest> {
  return { principal: kim, action, standing: { ...nothing, grants }, from: { address: '192.0.2.1', now: 5, tag: parseTag(tag) } };
}

function request(rest: Partial<AccessRequest>): AccessRequest {
  return {
    profile: 'hub',
    principal: anonymous,
    action: 'pull',
    repository: { name, visibility: 'private' },
    standing: nothing,
    from: { address: '192.0.2.1', now: 5 },
    ...rest,
  };
}

describe('the truth table', () => {
  test.each(rows)('%s', (_, rest, outcome) => {
    expect(findDenial(request(rest)) ?? 'allowed').toBe(outcome);
  });
});

describe('whatever is granted', () => {
  const principals = fc.constantFrom(anonymous, kim, root, robot, ci);
  const grant = fc.record({
    effect: fc.constantFrom('allow' as const, 'deny' as const),
    actions: fc.subarray([...actions]),
    pattern: fc.constantFrom('acme/app', 'acme/*', '**', 'acme/other'),
    conditions: fc.constantFrom<Grant['conditions']>({}, { networks: [inside] }, { notAfter: 3 }, { tags: ['v*'] }),
  });
  const requests = fc
    .record({
      profile: fc.constantFrom<Profile>('private', 'hub'),
      principal: principals,
      action: fc.constantFrom(...actions),
      visibility: fc.option(fc.constantFrom(...visibilities), { nil: undefined }),
      role: fc.constantFrom('owner' as const, 'member' as const, undefined),
      grants: fc.array(grant, { maxLength: 4 }),
    })
    .map(({ visibility, role, grants, ...rest }) =>
      request({ ...rest, repository: { name, visibility }, standing: { memberActions: ['pull'], grants, ...(role && { role }) } }),
    );

  test('a grant that allows never takes away', () => {
    fc.assert(
      fc.property(requests, grant, (before, added) => {
        const after = { ...before, standing: { ...before.standing, grants: [...before.standing.grants, { ...added, effect: 'allow' as const }] } };
        expect(findDenial(before) === undefined && findDenial(after) !== undefined).toBe(false);
      }),
    );
  });

  test('a grant that denies never adds, and wins over everything but repair', () => {
    fc.assert(
      fc.property(requests, (before) => {
        const denied = { ...before, standing: { ...before.standing, grants: [...before.standing.grants, deny([...actions], { pattern: '**' })] } };
        const repairs = before.action === 'manage' && before.principal === root;
        expect(findDenial(denied)).toBe(repairs ? undefined : 'denied');
      }),
    );
  });

  test('without a grant, a role or openness there is no access', () => {
    fc.assert(
      fc.property(requests, (before) => {
        const bare = { ...before, standing: nothing, repository: { name, visibility: 'private' as const } };
        expect(findDenial(bare) === undefined).toBe(before.principal === root && before.action !== 'pull:blocked');
      }),
    );
  });

  test('a scope only narrows', () => {
    fc.assert(
      fc.property(requests, fc.subarray([...actions]), (before, scoped) => {
        const narrowed = findDenial({ ...before, scope: { actions: scoped } });
        expect(narrowed === undefined && findDenial(before) !== undefined).toBe(false);
      }),
    );
  });
});
