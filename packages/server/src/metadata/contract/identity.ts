import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import { type AuditFilter, type ExternalRole, type MembershipRole, passkeysPerUserMax, type Subject } from '../identity/port.ts';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, failureOf, pushBlob, pushManifest, latest } from './content.ts';

const change = { at: 5, actor };
const app = parseRepositoryName('acme/app');
const kim: Subject = { kind: 'user', id: 'kim-id' };

async function createUser(store: MetadataStore, name: string, administrator = false): Promise<Subject> {
  await store.identity.users.create({ id: `${name}-id`, name, administrator, fullName: '', language: 'en', email: `${name}@example.org`, ...change });
  return { kind: 'user', id: `${name}-id` };
}

async function createOrganisation(store: MetadataStore): Promise<void> {
  await createUser(store, 'boss');
  await createUser(store, 'kim');
  await store.identity.organisations.create({ id: 'acme-id', name: 'acme', fullName: 'Acme', memberActions: ['pull'], ownerId: 'boss-id', ...change });
}

export function identityContract(it: Contract): void {
  it('gives a name to one account, user or organisation', async (store) => {
    await createOrganisation(store);
    const { users, organisations } = store.identity;
    const user = { id: 'x', administrator: false, fullName: '', language: 'en', ...change };
    expect(await failureOf(users.create({ ...user, name: 'acme' }))).toMatchObject({ code: 'NAME_TAKEN' });
    expect(await failureOf(users.create({ ...user, name: 'new', email: 'kim@example.org' }))).toMatchObject({ code: 'EMAIL_TAKEN' });
    expect(await failureOf(organisations.create({ id: 'y', name: 'kim', fullName: '', memberActions: [], ownerId: 'kim-id', ...change }))).toMatchObject({
      code: 'NAME_TAKEN',
    });
    await pushBlob(store, 'layer', { in: parseRepositoryName('older/app') });
    expect(await failureOf(users.create({ ...user, name: 'older' }))).toMatchObject({ code: 'NAME_TAKEN' });
    expect(await users.findByName('new')).toBeUndefined();
  });

  it('keeps an administrator and an owner', async (store) => {
    await createOrganisation(store);
    await createUser(store, 'chief', true);
    const { users, organisations, accounts } = store.identity;
    expect(await failureOf(users.change({ id: 'chief-id', administrator: false, ...change }))).toMatchObject({ code: 'CONFLICT' });
    expect(await failureOf(users.change({ id: 'chief-id', disabledAt: 9, ...change }))).toMatchObject({ code: 'CONFLICT' });
    expect(await failureOf(organisations.removeMember({ id: 'acme-id', userId: 'boss-id', ...change }))).toMatchObject({ code: 'CONFLICT' });
    expect(await failureOf(organisations.setMember({ id: 'acme-id', userId: 'boss-id', role: 'member', ...change }))).toMatchObject({ code: 'CONFLICT' });
    expect(await failureOf(accounts.remove({ id: 'boss-id', ...change }))).toMatchObject({ code: 'CONFLICT' });
    await organisations.setMember({ id: 'acme-id', userId: 'kim-id', role: 'owner', ...change });
    await accounts.remove({ id: 'boss-id', ...change });
    expect(await users.findByName('boss')).toBeUndefined();
  });

  it('names an account anew while it has no repositories, and what is set for its namespace comes along', async (store) => {
    await createUser(store, 'kim');
    await createUser(store, 'lee');
    const { accounts, grants, access, audit } = store.identity;
    const everybody = { subject: { kind: 'everybody' as const, id: '' }, effect: 'allow' as const, actions: ['pull' as const], conditions: {} };
    for (const pattern of ['kim/app', '**']) await grants.create({ id: pattern, namespace: 'kim', pattern, ...everybody, ...change });
    const rename = (name: string) => accounts.rename({ id: 'kim-id', name, ...change, at: 50 });
    expect(await failureOf(rename('lee'))).toMatchObject({ code: 'NAME_TAKEN' });
    await rename('kim');
    const version = await access.version();
    await rename('mina-kim');
    expect(await access.version()).toBeGreaterThan(version);
    expect(await accounts.find('kim')).toBeUndefined();
    expect(await accounts.find('mina-kim')).toMatchObject({ id: 'kim-id', namedAt: 50 });
    expect((await grants.list('mina-kim', { limit: 9 })).map(({ pattern }) => pattern).toSorted()).toEqual(['**', 'mina-kim/app']);
    expect(await grants.list('kim', { limit: 9 })).toEqual([]);
    for (const namespace of ['kim', 'mina-kim'])
      expect((await audit.list({ namespace, action: 'user.rename', limit: 9 })).map(({ detail }) => detail)).toEqual([{ from: 'kim', to: 'mina-kim' }]);
    await store.repositories.create({ name: parseRepositoryName('mina-kim/app'), visibility: 'private', ...change });
    expect(await failureOf(rename('kim'))).toMatchObject({ code: 'CONFLICT' });
  });

  /** Each change with what it does to kim's standing at acme/app: nothing may be answered from before it. */
  it('answers with what is true now, whatever changed a moment ago', async (store) => {
    await createOrganisation(store);
    await pushBlob(store, 'layer', { in: app });
    const { access, organisations, teams, grants, users, accounts, credentials } = store.identity;
    const facts = async (subject = kim) => {
      const { standing, isValid, visibility } = await access.facts(subject, app);
      return { isValid, visibility, role: standing.role, grants: standing.grants.length, networks: standing.networks?.length };
    };
    const before = { isValid: true, visibility: 'public', role: undefined, grants: 0, networks: undefined };
    expect(await facts()).toEqual(before as never);
    await store.repositories.setVisibility({ name: app, visibility: 'private', ...change });
    expect(await facts()).toMatchObject({ visibility: 'private' });
    await organisations.setMember({ id: 'acme-id', userId: 'kim-id', role: 'member', ...change });
    expect(await facts()).toMatchObject({ role: 'member' });
    await teams.create({ id: 't', organisationId: 'acme-id', name: 'dev', description: '', ...change });
    await grants.create({
      id: 'g',
      namespace: 'acme',
      subject: { kind: 'team', id: 't' },
      effect: 'allow',
      actions: ['push'],
      pattern: 'acme/*',
      conditions: {},
      ...change,
    });
    expect(await facts()).toMatchObject({ grants: 0 });
    await teams.addMember({ id: 't', userId: 'kim-id', ...change });
    expect(await facts()).toMatchObject({ grants: 1 });
    await teams.removeMember({ id: 't', userId: 'kim-id', ...change });
    expect(await facts()).toMatchObject({ grants: 0 });
    await teams.addMember({ id: 't', userId: 'kim-id', ...change });
    expect(await facts()).toMatchObject({ grants: 1 });
    await grants.remove({ namespace: 'acme', id: 'g', ...change });
    expect(await facts()).toMatchObject({ grants: 0 });
    await accounts.change({ id: 'acme-id', networks: ['10.0.0.0/8'], ...change });
    expect(await facts()).toMatchObject({ networks: 1 });
    await credentials.create({
      id: 'c',
      kind: 'token',
      secretHash: 'h',
      owner: { kind: 'user', id: 'kim-id' },
      name: '',
      address: '',
      userAgent: '',
      ...change,
    });
    const withToken: Subject = { ...kim, credentialId: 'c' };
    expect(await facts(withToken)).toMatchObject({ isValid: true });
    await credentials.remove({ owner: { kind: 'user', id: 'kim-id' }, id: 'c', ...change });
    expect(await facts(withToken)).toMatchObject({ isValid: false });
    await users.change({ id: 'kim-id', disabledAt: 6, ...change });
    expect(await facts()).toMatchObject({ isValid: false });
  });

  it('lists what a principal may perhaps see, and nothing of private namespaces to others', async (store) => {
    await createOrganisation(store);
    const names = ['acme/a', 'acme/b', 'kim/own', 'other/open', 'other/shut', 'zoo/in'].map(parseRepositoryName);
    for (const name of names) await pushBlob(store, 'layer', { in: name });
    for (const name of names.filter((one) => one !== 'other/open'))
      await store.repositories.setVisibility({ name, visibility: name === 'zoo/in' ? 'internal' : 'private', ...change });
    const list = async (subject: Subject, limit = 10, after?: string) =>
      (await store.identity.access.listCandidates({ subject, everything: false, limit, ...(after !== undefined && { after }) })).map(({ name }) =>
        String(name),
      );
    expect(await list({ kind: 'anonymous', id: '' })).toEqual(['other/open']);
    expect(await list(kim)).toEqual(['kim/own', 'other/open', 'zoo/in']);
    expect(await list({ kind: 'user', id: 'boss-id' })).toEqual(['acme/a', 'acme/b', 'other/open', 'zoo/in']);
    expect(await list({ kind: 'user', id: 'boss-id' }, 2, 'acme/a')).toEqual(['acme/b', 'other/open']);
    const grant = { id: 'g', namespace: 'other', subject: { kind: 'user' as const, id: 'kim-id' }, effect: 'allow' as const, actions: ['pull' as const] };
    await store.identity.grants.create({ ...grant, pattern: 'other/*', conditions: {}, ...change });
    expect(await list(kim)).toEqual(['kim/own', 'other/open', 'other/shut', 'zoo/in']);
  });

  it('takes an invitation once', async (store) => {
    await createOrganisation(store);
    const { invitations, organisations } = store.identity;
    const invitation = {
      id: 'i',
      organisationId: 'acme-id',
      email: 'kim@example.org',
      role: 'member' as const,
      invitedBy: 'boss',
      createdAt: 5,
      expiresAt: 50,
    };
    await invitations.create({ ...invitation, secretHash: 's', jobs: [], ...change });
    expect(await invitations.find('s')).toEqual(invitation);
    expect(await invitations.accept({ id: 'i', userId: 'kim-id', ...change })).toBe(true);
    expect(await invitations.accept({ id: 'i', userId: 'boss-id', ...change })).toBe(false);
    expect(await organisations.findMember('acme-id', 'kim-id')).toMatchObject({ role: 'member', since: 5 });
  });

  it('takes each code of a second factor once, and never an older one', async (store) => {
    await createUser(store, 'kim');
    const { users } = store.identity;
    await users.change({ id: 'kim-id', totpSecret: 'S', recoveryCodeHashes: ['a', 'b'], ...change });
    expect([
      await users.useTotpStep('kim-id', 7),
      await users.useTotpStep('kim-id', 7),
      await users.useTotpStep('kim-id', 6),
      await users.useTotpStep('kim-id', 8),
    ]).toEqual([true, false, false, true]);
    expect([
      await users.useRecoveryCode({ id: 'kim-id', codeHash: 'a', ...change }),
      await users.useRecoveryCode({ id: 'kim-id', codeHash: 'a', ...change }),
    ]).toEqual([true, false]);
    expect(await users.countRecoveryCodes('kim-id')).toBe(1);
  });

  it('counts within windows', async (store) => {
    const { attempts } = store.identity;
    const count = (key: string, at: number) => attempts.count({ key, at, windowMs: 50 });
    expect([await count('a', 0), await count('a', 49), await count('b', 49), await count('a', 50), await count('a', 99)]).toEqual([1, 2, 1, 1, 2]);
    expect(await Promise.all([count('c', 0), count('c', 0), count('c', 0)])).toEqual([1, 2, 3]);
    expect(await attempts.removeExpired(100, 100)).toBe(2);
    // Nothing is lost between what was read and what is written.
    const addOne = () => attempts.change(['d', 'e'], (states) => ['d', 'e'].map((key) => ({ key, state: `${states.get(key) ?? ''}x`, expiresAt: 100 })));
    await Promise.all([addOne(), addOne(), addOne()]);
    expect(Object.fromEntries(await attempts.read(['d', 'e', 'f']))).toEqual({ d: 'xxx', e: 'xxx' });
  });

  it('keeps so many passkeys of an account, and lets their counters only grow', async (store) => {
    await createUser(store, 'kim');
    await createUser(store, 'lee');
    const { passkeys, users } = store.identity;
    const passkey = { userId: 'kim-id', name: 'phone', publicKey: new Uint8Array([1, 2]), counter: 0, transports: ['usb'] };
    for (let at = 10; at < 10 + passkeysPerUserMax; at++) await passkeys.create({ ...passkey, id: `p${at}`, ...change });
    expect(await failureOf(passkeys.create({ ...passkey, id: 'more', ...change }))).toMatchObject({ code: 'CONFLICT' });
    expect(await failureOf(passkeys.create({ ...passkey, id: 'p10', userId: 'lee-id', ...change }))).toMatchObject({ code: 'CONFLICT' });
    const use = (counter: number) => passkeys.recordUse({ id: 'p10', counter, at: 9 });
    expect([await use(0), await use(0), await use(3), await use(3), await use(2), await use(0), await use(4)]).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
    expect([
      await passkeys.rename({ userId: 'lee-id', id: 'p10', name: 'mine', ...change }),
      await passkeys.rename({ userId: 'kim-id', id: 'p10', name: 'key', ...change }),
      await passkeys.remove({ userId: 'lee-id', id: 'p10', ...change }),
    ]).toEqual([false, true, false]);
    expect(await passkeys.get('p10')).toEqual({ ...passkey, id: 'p10', name: 'key', counter: 4, createdAt: 5, usedAt: 9 });
    expect(await passkeys.remove({ userId: 'kim-id', id: 'p10', ...change })).toBe(true);
    await users.change({ id: 'kim-id', removePasskeys: true, ...change });
    expect(await passkeys.list('kim-id')).toEqual([]);
  });

  it('finds people by who they are elsewhere, and leaves each account a way in', async (store) => {
    await createUser(store, 'kim');
    await createUser(store, 'lee');
    const { externals, users } = store.identity;
    const link = (userId: string, issuer: string, subject: string) => externals.link({ userId, issuer, subject, ...change });
    await link('kim-id', 'ldap', '1');
    await link('kim-id', 'ldap', '1');
    expect(await failureOf(link('lee-id', 'ldap', '1'))).toMatchObject({ code: 'CONFLICT' });
    expect(await failureOf(link('kim-id', 'ldap', '2'))).toMatchObject({ code: 'CONFLICT' });
    await link('kim-id', 'https://id', '1');
    expect((await externals.find({ issuer: 'ldap', subject: '1' }))?.name).toBe('kim');
    expect(await externals.find({ issuer: 'ldap', subject: '2' })).toBeUndefined();
    expect(await externals.listOf('kim-id')).toEqual([
      { issuer: 'https://id', subject: '1' },
      { issuer: 'ldap', subject: '1' },
    ]);
    expect([...(await externals.listIssuers(['kim-id', 'lee-id']))]).toEqual([['kim-id', ['https://id', 'ldap']]]);
    expect(await externals.listByIssuer('ldap', { limit: 5 })).toEqual([{ userId: 'kim-id', subject: '1' }]);
    const unlink = (issuer: string) => externals.unlink({ userId: 'kim-id', issuer, ...change });
    await unlink('ldap');
    expect(await failureOf(unlink('https://id'))).toMatchObject({ code: 'CONFLICT' });
    await users.change({ id: 'kim-id', passwordHash: 'h', ...change });
    await unlink('https://id');
    expect(await failureOf(unlink('https://id'))).toMatchObject({ code: 'ACCOUNT_UNKNOWN' });
  });

  it('takes back what an issuer gave, and nothing else', async (store) => {
    await createOrganisation(store);
    await createUser(store, 'chief', true);
    const { access, externals, organisations, teams, users, audit } = store.identity;
    for (const id of ['dev', 'ops']) await teams.create({ id, organisationId: 'acme-id', name: id, description: '', ...change });
    const say = async (roles: readonly ExternalRole[], issuer = 'ldap', userId = 'kim-id') => {
      await externals.sync({ userId, issuer, roles, ...change });
      const [role, dev, ops] = await Promise.all([
        organisations.findMember('acme-id', userId),
        teams.listMembers('dev', { limit: 9 }),
        teams.listMembers('ops', { limit: 9 }),
      ]);
      const user = await users.get(userId);
      return [role?.role, dev.length, ops.length, user?.administrator, user?.disabledAt !== undefined];
    };
    const administrator: ExternalRole = { kind: 'administrator' };
    const member = (role: MembershipRole): ExternalRole => ({ kind: 'organisation', organisation: 'acme', role });
    const inTeam = (team: string): ExternalRole => ({ kind: 'team', organisation: 'acme', team });
    const absent: ExternalRole[] = [
      inTeam('none'),
      { kind: 'team', organisation: 'none', team: 'dev' },
      { kind: 'organisation', organisation: 'boss', role: 'member' },
    ];

    expect(await say([inTeam('dev'), administrator, ...absent])).toEqual(['member', 1, 0, true, false]);
    const [version, entries] = [await access.version(), (await audit.read({ limit: 100 })).length];
    expect(await say([administrator, inTeam('dev')])).toEqual(['member', 1, 0, true, false]);
    expect([await access.version(), (await audit.read({ limit: 100 })).length]).toEqual([version, entries]);
    expect(await say([inTeam('ops'), member('owner'), member('member')])).toEqual(['owner', 0, 1, false, false]);
    // Said by two: it goes with the second.
    expect(await say([inTeam('ops')], 'https://id')).toEqual(['member', 0, 1, false, false]);
    expect(await say([])).toEqual(['member', 0, 1, false, false]);
    expect(await say([], 'https://id')).toEqual([undefined, 0, 0, false, false]);
    // Set by hand before: the issuer's word changes nothing of it.
    await organisations.setMember({ id: 'acme-id', userId: 'kim-id', role: 'member', ...change });
    await teams.addMember({ id: 'dev', userId: 'kim-id', ...change });
    expect(await say([member('owner'), inTeam('dev'), inTeam('ops')])).toEqual(['member', 1, 1, false, false]);
    expect(await say([])).toEqual(['member', 1, 0, false, false]);
    // Who left, and came back; who was disabled by hand stays so.
    expect(await say([{ kind: 'gone' }])).toEqual(['member', 1, 0, false, true]);
    expect(await say([])).toEqual(['member', 1, 0, false, false]);
    await users.change({ id: 'kim-id', disabledAt: 7, ...change });
    expect(await say([{ kind: 'gone' }])).toEqual(['member', 1, 0, false, true]);
    expect(await say([])).toEqual(['member', 1, 0, false, true]);
    // The last owner and the last administrator stay, and go once there is another one.
    await users.change({ id: 'kim-id', disabledAt: null, ...change });
    expect(await say([{ kind: 'gone' }], 'ldap', 'chief-id')).toEqual([undefined, 1, 0, true, false]);
    await organisations.removeMember({ id: 'acme-id', userId: 'kim-id', ...change });
    expect(await say([member('owner'), administrator])).toEqual(['owner', 0, 0, true, false]);
    await organisations.removeMember({ id: 'acme-id', userId: 'boss-id', ...change });
    expect(await say([{ kind: 'gone' }], 'ldap', 'chief-id')).toEqual([undefined, 0, 0, true, true]);
    expect(await say([])).toEqual(['owner', 0, 0, true, false]);
    await organisations.setMember({ id: 'acme-id', userId: 'boss-id', role: 'owner', ...change });
    await users.change({ id: 'chief-id', disabledAt: null, ...change });
    expect(await say([])).toEqual([undefined, 0, 0, false, false]);
    // A name that comes back is another organisation.
    expect(await say([inTeam('dev')])).toEqual(['member', 1, 0, false, false]);
    await store.identity.accounts.remove({ id: 'acme-id', ...change });
    await store.identity.accounts.remove({ id: 'kim-id', ...change });
    expect(await users.findByName('kim')).toBeUndefined();
  });

  it('gives all of a repository a new name, and remembers the old one', async (store) => {
    const manifest = await pushManifest(store, { name: 'image', layers: [await pushBlob(store, 'layer', { in: app })] }, { in: app, tags: [latest] });
    const index = await pushManifest(store, { name: 'index', children: [manifest.digest] }, { in: app });
    const moved = parseRepositoryName('acme/moved');
    await store.repositories.rename({ from: app, to: moved, aliasUntil: 100, ...change });
    expect((await store.manifests.findByTag(moved, latest))?.digest).toBe(manifest.digest);
    expect((await store.manifests.find(moved, index.digest))?.digest).toBe(index.digest);
    expect(await store.repositories.has(app)).toBe(false);
    expect(await store.tags.listHistory(moved, latest, 10)).toHaveLength(1);
    expect([await store.identity.access.findAlias(app, 99), await store.identity.access.findAlias(app, 100)]).toEqual([moved, undefined]);
    const again = parseRepositoryName('acme/again');
    await store.repositories.rename({ from: moved, to: again, aliasUntil: 100, ...change });
    expect(await store.identity.access.findAlias(app, 50)).toBe(again);
    expect(await failureOf(store.repositories.rename({ from: app, to: moved, aliasUntil: 1, ...change }))).toMatchObject({ code: 'NAME_UNKNOWN' });
    await pushBlob(store, 'layer', { in: app });
    expect(await store.identity.access.findAlias(app, 50)).toBeUndefined();
    expect(await failureOf(store.repositories.rename({ from: again, to: app, aliasUntil: 1, ...change }))).toMatchObject({ code: 'NAME_TAKEN' });
  });

  it('keeps entries that are still counted, and makes entries of what was left, once', async (store) => {
    const { audit } = store.identity;
    const gathered = (id: string, at: number, times: number) => ({
      id,
      entry: { at, action: id, actor: 'kim', detail: { code: 'X' } },
      counted: 'times',
      times,
    });
    await audit.appendLeft();
    await audit.keep([gathered('later', 2, 1), gathered('first', 1, 1), gathered('written', 3, 1)]);
    await audit.keep([gathered('first', 1, 7)]);
    expect(await audit.read({ limit: 9 })).toEqual([]);
    await audit.appendGathered([gathered('written', 3, 4), gathered('never-kept', 4, 2)]);
    for (const _ of [1, 2]) await audit.appendLeft();
    const entries = await audit.read({ limit: 9 });
    expect(entries.map(({ action, at, detail }) => [action, at, detail])).toEqual([
      ['written', 3, { code: 'X', times: 4 }],
      ['never-kept', 4, { code: 'X', times: 2 }],
      ['first', 1, { code: 'X', times: 7 }],
      ['later', 2, { code: 'X', times: 1 }],
    ]);
    expect(entries.slice(1).map(({ previous }) => previous)).toEqual(entries.slice(0, -1).map(({ hash }) => hash));
  });

  it('binds each entry of the audit to the one before, and drops the oldest only', async (store) => {
    await createUser(store, 'kim');
    const image = await pushManifest(store, { name: 'image' }, { tags: [latest] });
    const { audit } = store.identity;
    await audit.append([{ at: 90, action: 'manifest.pulled', actor: 'kim', namespace: 'mina', repository: 'mina/app' }]);
    const entries = await audit.read({ limit: 100 });
    expect(entries.map(({ action }) => action)).toEqual(['user.create', 'repository.created', 'manifest.pushed', 'tag.moved', 'manifest.pulled']);
    expect(entries.slice(1).map(({ previous }) => previous)).toEqual(entries.slice(0, -1).map(({ hash }) => hash));
    expect((await audit.list({ namespace: 'mina', limit: 2 })).map(({ action }) => action)).toEqual(['manifest.pulled', 'tag.moved']);
    expect((await audit.list({ actor: 'kim', since: 90, until: 91, limit: 9 })).map(({ action }) => action)).toEqual(['manifest.pulled']);
    const digest = image.digest;
    await audit.append([{ at: 91, action: 'pull.refused', actor: 'anonymous', address: '192.0.2.1', repository: 'mina/app', digest }]);
    const found = async (filter: AuditFilter) => (await audit.list({ ...filter, limit: 9 })).map(({ action }) => action);
    expect(await found({ repository: 'mina/app' })).toEqual(['pull.refused', 'manifest.pulled', 'tag.moved', 'manifest.pushed', 'repository.created']);
    expect(await found({ digest })).toEqual(['pull.refused', 'tag.moved', 'manifest.pushed']);
    expect(await found({ address: '192.0.2.1' })).toEqual(['pull.refused']);
    expect(await found({ address: '192.0.2.1', digest, repository: 'mina/other' })).toEqual([]);
    expect(await audit.prune(5, 100)).toBe(0);
    expect([await audit.prune(90, 1), await audit.prune(90, 100), await audit.prune(90, 100)]).toEqual([1, 3, 0]);
    expect((await audit.read({ limit: 100 })).map(({ action }) => action)).toEqual(['manifest.pulled', 'pull.refused']);
  });
}
