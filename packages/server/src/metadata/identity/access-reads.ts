/**
 * What every authorised request asks: what is this principal here, and is the repository open?
 *
 * Answers are kept for as long as `access_version` stands still. The version is looked at whenever
 * the database has changed at all (its data version), so nothing is ever decided on what was true
 * yesterday, and a registry that is only pulled from pays one look at a number.
 *
 * A repository that is not there is never kept: pushing makes repositories and changes no version.
 */
import type { RepositoryName } from '@naru/oci/repository-name';
import { namesOf, namespaceOf } from '../../access/namespace.ts';
import { parseNetwork } from '../../network/network.ts';
import type { Grant, Standing, Visibility } from '../../access/policy.ts';
import { boundedCache } from '../bounded-cache.ts';
import type { MetadataDatabase, Reader } from '../database.ts';
import type { Tables } from '../schema.ts';
import { splitActions } from './action-list.ts';
import { toGrant } from './grant-rows.ts';
import type { AccessFacts, AccessReads, StoredGrant, Subject } from './port.ts';

const factsMax = 16_384;

export function accessReads(database: MetadataDatabase): AccessReads {
  const { read, dataVersion } = database;
  const facts = boundedCache<Promise<AccessFacts>>({ maxEntries: factsMax });
  let seenData: number | undefined;
  let seenVersion: number | undefined;

  /** Whether what is kept may be used, and what is read now may be kept. */
  async function renew(): Promise<boolean> {
    const data = dataVersion();
    if (data !== undefined && data === seenData) return true;
    const version = await readVersion(read);
    if (version !== seenVersion) facts.clear();
    seenVersion = version;
    seenData = data;
    return data !== undefined;
  }

  /** What is kept are promises: the hot path makes none. */
  function remember(key: string, load: () => Promise<AccessFacts>, mayKeep: (loaded: AccessFacts) => boolean): Promise<AccessFacts> {
    const known = seenData !== undefined && dataVersion() === seenData ? facts.get(key) : undefined;
    return known ?? renewAndLoad(key, load, mayKeep);
  }

  async function renewAndLoad(key: string, load: () => Promise<AccessFacts>, mayKeep: (loaded: AccessFacts) => boolean): Promise<AccessFacts> {
    const isKept = await renew();
    const known = isKept ? facts.get(key) : undefined;
    if (known !== undefined) return known;
    const version = seenVersion;
    const loaded = await load();
    // Not when the version has moved since: what was read may be older than it.
    if (isKept && mayKeep(loaded) && version === seenVersion && (await readVersion(read)) === version) facts.set(key, Promise.resolve(loaded));
    return loaded;
  }

  return {
    facts(subject, repository) {
      const namespace = namespaceOf(repository);
      return remember(
        `${keyOf(subject)}|${repository}`,
        async () => {
          const [visibility, rest] = await Promise.all([readVisibility(read, repository), readNamespaceFacts(read, subject, namespace)]);
          return { ...rest, visibility };
        },
        ({ visibility }) => visibility !== undefined,
      );
    },

    namespaceFacts: (subject, namespace) =>
      remember(
        `${keyOf(subject)}|${namespace}/`,
        () => readNamespaceFacts(read, subject, namespace),
        () => true,
      ),

    version: () => readVersion(read),

    async listCandidates({ subject, everything, after = '', limit }) {
      if (everything) return listNames(read, { after, limit });
      const open: Visibility[] = subject.kind === 'anonymous' ? ['public'] : ['public', 'internal'];
      const lists = [
        ...open.map((visibility) => listNames(read, { after, limit, visibility })),
        ...(await readNamespaces(read, subject)).map((namespace) => listNames(read, { after, limit, namespace })),
      ];
      const merged = new Map((await Promise.all(lists)).flat().map((row) => [row.name, row]));
      return [...merged.values()].sort((one, other) => (one.name < other.name ? -1 : 1)).slice(0, limit);
    },

    async findAlias(name, now) {
      const row = await read.selectFrom('repository_alias').select(['repository', 'until']).where('name', '=', name).executeTakeFirst();
      return row !== undefined && row.until > now ? row.repository : undefined;
    },
  };
}

function keyOf({ kind, id, credentialId = '' }: Subject): string {
  return `${kind} ${id} ${credentialId}`;
}

async function readVersion(read: Reader): Promise<number> {
  return (await read.selectFrom('access_version').select('version').where('id', '=', 1).executeTakeFirstOrThrow()).version;
}

async function readVisibility(read: Reader, repository: RepositoryName): Promise<Visibility | undefined> {
  return (await read.selectFrom('repository').select('visibility').where('name', '=', repository).executeTakeFirst())?.visibility;
}

async function readNamespaceFacts(read: Reader, subject: Subject, namespace: string): Promise<AccessFacts> {
  const [self, account] = await Promise.all([readSubject(read, subject), readAccount(read, namespace)]);
  const networks = account?.networks?.map(parseNetwork).filter((network) => network !== undefined);
  const here = { visibility: undefined, ...self };
  if (!self.isValid) return { ...here, standing: { memberActions: [], grants: [], ...(networks && { networks }) } };
  const role = subject.kind === 'user' && account !== undefined ? await readRole(read, subject.id, account) : undefined;
  const grants = await readGrants(read, subject, namespace);
  const standing: Standing = {
    memberActions: account?.memberActions ?? [],
    grants: grants.map(toPolicyGrant),
    ...(role && { role }),
    ...(networks && { networks }),
  };
  return { ...here, standing };
}

type Self = Pick<AccessFacts, 'isValid' | 'administrator' | 'name'>;

async function readSubject(read: Reader, subject: Subject): Promise<Self> {
  const nobody: Self = { isValid: false, administrator: false, name: subject.kind };
  switch (subject.kind) {
    case 'anonymous':
      return { ...nobody, isValid: true };
    case 'user': {
      const user = await read
        .selectFrom('user')
        .innerJoin('account', 'account.id', 'user.id')
        .select(['account.name', 'user.administrator', 'user.disabled_at'])
        .where('user.id', '=', subject.id)
        .executeTakeFirst();
      if (user === undefined || user.disabled_at !== null || !(await hasCredential(read, subject))) return nobody;
      return { isValid: true, administrator: user.administrator === 1, name: user.name };
    }
    case 'robot': {
      const robot = await read
        .selectFrom('robot')
        .innerJoin('account', 'account.id', 'robot.account_id')
        .select(['account.name as namespace', 'robot.name', 'robot.disabled_at'])
        .where('robot.id', '=', subject.id)
        .executeTakeFirst();
      if (robot === undefined || robot.disabled_at !== null || !(await hasCredential(read, subject))) return nobody;
      return { isValid: true, administrator: false, name: `${robot.namespace}+${robot.name}` };
    }
    case 'ci': {
      const trust = await read
        .selectFrom('trusted_issuer')
        .innerJoin('account', 'account.id', 'trusted_issuer.account_id')
        .select(['account.name as namespace', 'trusted_issuer.name'])
        .where('trusted_issuer.id', '=', subject.id)
        .executeTakeFirst();
      return trust === undefined ? nobody : { isValid: true, administrator: false, name: `${trust.namespace}+${trust.name}` };
    }
  }
}

/** What was proved by a password needs no credential to go on. */
async function hasCredential(read: Reader, { credentialId }: Subject): Promise<boolean> {
  if (credentialId === undefined) return true;
  return (await read.selectFrom('credential').select('id').where('id', '=', credentialId).executeTakeFirst()) !== undefined;
}

type NamespaceAccount = {
  readonly id: string;
  readonly kind: 'user' | 'organisation';
  readonly networks?: string[];
  readonly memberActions: Standing['memberActions'];
};

async function readAccount(read: Reader, namespace: string): Promise<NamespaceAccount | undefined> {
  if (namespace === '') return undefined;
  const row = await read
    .selectFrom('account')
    .leftJoin('organisation', 'organisation.id', 'account.id')
    .select(['account.id', 'account.kind', 'account.networks', 'organisation.member_actions'])
    .where('account.name', '=', namespace)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      kind: row.kind,
      memberActions: splitActions(row.member_actions ?? ''),
      ...(row.networks !== null && { networks: JSON.parse(row.networks) as string[] }), // AccountRows wrote it
    }
  );
}

async function readRole(read: Reader, userId: string, account: NamespaceAccount): Promise<'owner' | 'member' | undefined> {
  if (account.kind === 'user') return account.id === userId ? 'owner' : undefined;
  const row = await read.selectFrom('membership').select('role').where('organisation_id', '=', account.id).where('user_id', '=', userId).executeTakeFirst();
  return row?.role;
}

/** Of the namespace and of the whole server, for the principal itself, its teams and everybody. */
async function readGrants(read: Reader, subject: Subject, namespace: string): Promise<StoredGrant[]> {
  const namespaces = namespace === '' ? [''] : ['', namespace];
  const own = subject.kind === 'anonymous' ? [] : await grantsOf(read, namespaces, subject.kind, [subject.id]);
  const teams = subject.kind === 'user' ? await readTeams(read, subject.id) : [];
  const ofTeams = teams.length === 0 ? [] : await grantsOf(read, namespaces, 'team', teams);
  return [...own, ...ofTeams, ...(await grantsOf(read, namespaces, 'everybody', ['']))];
}

async function grantsOf(
  read: Reader,
  namespaces: readonly string[],
  kind: Tables['access_grant']['subject_kind'],
  ids: readonly string[],
): Promise<StoredGrant[]> {
  const rows = await read
    .selectFrom('access_grant')
    .selectAll()
    .where('namespace', 'in', namespaces)
    .where('subject_kind', '=', kind)
    .where('subject_id', 'in', ids)
    .execute();
  return rows.map(toGrant);
}

async function readTeams(read: Reader, userId: string): Promise<string[]> {
  return (await read.selectFrom('team_member').select('team_id').where('user_id', '=', userId).execute()).map(({ team_id }) => team_id);
}

function toPolicyGrant({ effect, actions, pattern, conditions: { networks, ...rest } }: StoredGrant): Grant {
  const parsed = networks?.map(parseNetwork).filter((network) => network !== undefined);
  return { effect, actions, pattern, conditions: { ...rest, ...(parsed && { networks: parsed }) } };
}

/** Namespaces in which the subject has anything at all: its own, its organisations', those that its grants and its teams' name. */
export async function readNamespaces(read: Reader, subject: Subject): Promise<string[]> {
  const found = new Set(await namespacesWithGrants(read, 'everybody', ['']));
  if (subject.kind === 'anonymous') return [...found];
  for (const namespace of await namespacesWithGrants(read, subject.kind, [subject.id])) found.add(namespace);
  if (subject.kind === 'user') {
    const own = await read.selectFrom('account').select('name').where('id', '=', subject.id).execute();
    const organisations = await read
      .selectFrom('membership')
      .innerJoin('account', 'account.id', 'membership.organisation_id')
      .select('account.name')
      .where('membership.user_id', '=', subject.id)
      .execute();
    for (const { name } of [...own, ...organisations]) found.add(name);
    const teams = await readTeams(read, subject.id);
    for (const namespace of teams.length === 0 ? [] : await namespacesWithGrants(read, 'team', teams)) found.add(namespace);
  }
  // A grant on the whole server may name anything: then everything is looked through.
  return [...found];
}

/** A list of repositories looks into so many namespaces at most for one kind of grant (I6). */
const listedNamespacesMax = 1000;

async function namespacesWithGrants(read: Reader, kind: Tables['access_grant']['subject_kind'], ids: readonly string[]): Promise<string[]> {
  const rows = await read
    .selectFrom('access_grant')
    .select('namespace')
    .distinct()
    .where('subject_kind', '=', kind)
    .where('subject_id', 'in', ids)
    .limit(listedNamespacesMax)
    .execute();
  return rows.map(({ namespace }) => namespace);
}

type NameRow = { name: RepositoryName; visibility: Visibility };

/** One index range. A namespace of '' is the whole server. */
async function listNames(read: Reader, query: { after: string; limit: number; visibility?: Visibility; namespace?: string }): Promise<NameRow[]> {
  const { after, limit, visibility, namespace = '' } = query;
  const names = namesOf(namespace);
  const from = namespace !== '' && after < names.from ? names.from : after;
  let rows = read
    .selectFrom('repository')
    .select(['name', 'visibility'])
    .where('name', '>', from as RepositoryName) // only compared
    .orderBy('name')
    .limit(limit);
  if (visibility !== undefined) rows = rows.where('visibility', '=', visibility);
  if (namespace !== '') rows = rows.where('name', '<', names.below);
  return rows.execute();
}
