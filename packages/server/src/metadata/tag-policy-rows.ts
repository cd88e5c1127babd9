import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import { isTag, type RepositoryName, type Tag } from '@naru/oci/repository-name';
import { namespaceOf } from '../access/namespace.ts';
import { fixedQuery } from './fixed-query.ts';
import { aliasKinds, findNamingFault, isAlias, isImmutable, isRelease, placeAliases, type TagPolicy } from '../tag-rules/policy.ts';
import { boundedCache } from './bounded-cache.ts';
import type { MetadataDatabase, Reader, Writer } from './database.ts';
import { requireRepository } from './held-repository.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import { type NewEvent, recordEvents } from './event-rows.ts';
import type { Change } from './port.ts';
import type { StoredTagPolicy, TagPolicyRows } from './tag-policy-port.ts';

/** Moves and deletes tags without asking the policy: `tag-rows.ts`'s own, which this file must not import. */
export type TagMoves = {
  /** Whether a tag may come to be on the image. */
  mayStand(tx: Writer, repository: RepositoryName, digest: Digest, change: Change): Promise<boolean>;
  move(tx: Writer, repository: RepositoryName, tag: Tag, digest: Digest, change: Change): Promise<void>;
  remove(tx: Writer, repository: RepositoryName, tag: Tag, change: Change): Promise<void>;
};

const keptPolicies = 4096;

export function tagPolicyRows({ read, write, dataVersion }: MetadataDatabase, moves: TagMoves): TagPolicyRows {
  const kept = boundedCache<{ readonly policy: TagPolicy | undefined }>({ maxEntries: keptPolicies });
  let version: number | undefined;
  return {
    find: (repository) => findStored(read, repository),

    async findHot(repository) {
      const now = dataVersion();
      if (now === undefined || now !== version) kept.clear();
      version = now;
      const known = kept.get(repository);
      if (known !== undefined) return known.policy;
      const policy = (await findStored(read, repository))?.policy;
      // Not when a commit came between: what was read may be older than it.
      if (now !== undefined && dataVersion() === now) kept.set(repository, { policy });
      return policy;
    },

    edit: ({ repository, edit, ...change }) =>
      write(async (tx) => {
        await requireRepository(tx, repository);
        const before = (await findPolicy(tx, repository)) ?? {};
        const policy = edit(before);
        const row = { policy: JSON.stringify(policy), changed_at: change.at, changed_by: change.actor };
        await tx
          .insertInto('tag_policy')
          .values({ repository, ...row })
          .onConflict((conflict) => conflict.column('repository').doUpdateSet(row))
          .execute();
        await recordAudit(tx, [auditOf(change, 'tag-rules.change', { namespace: namespaceOf(repository), repository, detail: { policy } })]);
        await recordEvents(tx, noticeEvents(repository, before, policy, change));
        await keepAliases(tx, repository, policy, change, moves);
        return policy;
      }),

    remove: ({ repository, ...change }) =>
      write(async (tx) => {
        const before = await findPolicy(tx, repository);
        if (before === undefined) return false;
        await tx.deleteFrom('tag_policy').where('repository', '=', repository).execute();
        await recordEvents(tx, noticeEvents(repository, before, {}, change));
        await recordAudit(tx, [auditOf(change, 'tag-rules.delete', { namespace: namespaceOf(repository), repository })]);
        return true;
      }),
  };
}

/** Before tags are moved by somebody. Throws TAG_REFUSED. What stays where it is was asked for before, and is no move. */
export async function requireMoves(
  tx: Reader,
  repository: RepositoryName,
  moves: readonly { readonly tag: Tag; readonly previous: Digest | undefined }[],
): Promise<void> {
  const policy = await findPolicy(tx, repository);
  if (policy === undefined) return;
  for (const { tag, previous } of moves) {
    const fault =
      previous !== undefined && isImmutable(policy, tag)
        ? `${tag} is immutable here, and is another image already: push a new tag`
        : findNamingFault(policy, tag);
    if (fault !== undefined) throw new RegistryError('TAG_REFUSED', { message: fault, detail: { tag } });
  }
}

/** Before tags are deleted by somebody, `withManifest` or alone: aliases go with the releases that they stand for. Throws TAG_REFUSED. */
export async function requireRemoval(tx: Reader, repository: RepositoryName, tags: readonly Tag[], { withManifest = false } = {}): Promise<void> {
  const policy = await findPolicy(tx, repository);
  if (policy === undefined) return;
  for (const tag of tags) {
    if (isImmutable(policy, tag)) throw new RegistryError('TAG_REFUSED', { message: `${tag} is immutable here: it cannot be deleted`, detail: { tag } });
    if (!withManifest && isAlias(policy.aliases ?? [], tag)) {
      throw new RegistryError('TAG_REFUSED', { message: `the server keeps ${tag} here: delete the release that it stands for`, detail: { tag } });
    }
  }
}

/** After releases came, moved or went: in the same transaction. */
export async function followReleases(tx: Writer, repository: RepositoryName, tags: readonly Tag[], change: Change, moves: TagMoves): Promise<void> {
  if (!tags.some(isRelease)) return;
  const policy = await findPolicy(tx, repository);
  if (policy !== undefined) await keepAliases(tx, repository, policy, change, moves);
}

async function keepAliases(tx: Writer, repository: RepositoryName, { aliases = [] }: TagPolicy, change: Change, moves: TagMoves): Promise<void> {
  if (aliases.length === 0) return;
  const rows = await tx.selectFrom('tag').select(['name', 'digest']).where('repository', '=', repository).orderBy('name').execute();
  const now = new Map(rows.map(({ name, digest }) => [name, digest]));
  const refused = new Set<Digest>();
  const place = () =>
    placeAliases(
      aliasKinds.filter((kind) => aliases.includes(kind)),
      rows.filter(({ digest }) => !refused.has(digest)).map(({ name, digest }) => ({ tag: name, place: digest })),
    );
  // An alias goes to the highest release that may be there; what is there already was let in before.
  let [places, judged] = [place(), -1];
  while (judged < refused.size) {
    judged = refused.size;
    for (const [alias, digest] of places) {
      if (now.get(alias) !== digest && !(await moves.mayStand(tx, repository, digest, change))) refused.add(digest);
    }
    if (judged < refused.size) places = place();
  }
  for (const [alias, digest] of places) await moves.move(tx, repository, alias, digest, change);
  for (const { name } of rows) if (isAlias(aliases, name) && !places.has(name)) await moves.remove(tx, repository, name, change);
}

/** What whoever pulls is told from now on, or no more. One event for each notice: a pattern may stand for thousands of tags. */
function noticeEvents(repository: RepositoryName, before: TagPolicy, after: TagPolicy, change: Change): NewEvent[] {
  const was = new Map((before.notices ?? []).map((notice) => [notice.tags, notice]));
  const is = new Map((after.notices ?? []).map((notice) => [notice.tags, notice]));
  const event = (kind: NewEvent['kind'], tags: string, message: string): NewEvent => ({
    kind,
    repository,
    ...(isTag(tags) && { tag: tags }),
    message: `${tags}: ${message}`,
    ...change,
  });
  return [
    ...[...is.values()]
      .filter(({ tags, kind, message }) => was.get(tags)?.kind !== kind || was.get(tags)?.message !== message)
      .map(({ tags, kind, message }) => event(kind === 'deprecated' ? 'tag.deprecated' : 'tag.end_of_life', tags, message)),
    ...[...was.values()].filter(({ tags }) => !is.has(tags)).map(({ tags, message }) => event('tag.notice_ended', tags, message)),
  ];
}

async function findPolicy(tx: Reader, repository: RepositoryName): Promise<TagPolicy | undefined> {
  return (await findStored(tx, repository))?.policy;
}

const findRow = fixedQuery((db, { repository }: { repository: RepositoryName }) =>
  db.selectFrom('tag_policy').selectAll().where('repository', '=', repository),
);

async function findStored(db: Reader, repository: RepositoryName): Promise<StoredTagPolicy | undefined> {
  const [row] = (await findRow(db, { repository })).rows;
  return row && { policy: JSON.parse(row.policy) as TagPolicy, changedAt: row.changed_at, changedBy: row.changed_by }; // `edit` wrote it
}
