import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import { namespaceOf } from '../access/namespace.ts';
import { fixedQuery } from './fixed-query.ts';
import type { MetadataDatabase, Reader, Writer } from './database.ts';
import { requireRepository } from './held-repository.ts';
import { recordEvents } from './event-rows.ts';
import type { GoldenPolicy, GoldenPolicyRows, GoldenScope, StoredGoldenPolicy } from './golden-port.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import { listMembers, listStanding } from './lineage-rows.ts';
import type { Change } from './port.ts';
import type { Tables } from './schema.ts';

/** Golden images that a refusal names. */
const namedMax = 5;
/** Images of one index that are judged: more have no platforms. */
const imagesMax = 1000;

export function goldenPolicyRows({ read, write }: MetadataDatabase): GoldenPolicyRows {
  return {
    find: (scope) => findPolicy(read, scope),
    findFor: (repository) => findFor(read, repository),

    set: ({ scope, policy, ...change }) =>
      write(async (tx) => {
        if (scope.kind === 'repository') await requireRepository(tx, scope.name as RepositoryName); // only compared
        const row = { policy: JSON.stringify(policy), changed_at: change.at, changed_by: change.actor };
        await tx
          .insertInto('golden_policy')
          .values({ scope_kind: scope.kind, scope_name: scope.name, ...row })
          .onConflict((conflict) => conflict.columns(['scope_kind', 'scope_name']).doUpdateSet(row))
          .execute();
        await recordAudit(tx, [auditOf(change, 'golden-policy.change', { ...auditedScope(scope), detail: { policy } })]);
      }),

    remove: ({ scope, ...change }) =>
      write(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom('golden_policy')
          .where('scope_kind', '=', scope.kind)
          .where('scope_name', '=', scope.name)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await recordAudit(tx, [auditOf(change, 'golden-policy.delete', auditedScope(scope))]);
        return true;
      }),

    judge: (repository, digest, policy, at) => judge(read, repository, digest, policy, at),
  };
}

/** Why a policy that is enforced keeps the image from being there. */
export async function findUngolden(db: Reader, repository: RepositoryName, digest: Digest, at: number): Promise<string | undefined> {
  const policy = await findFor(db, repository);
  return policy?.mode === 'enforce' ? judge(db, repository, digest, policy, at) : undefined;
}

/** When a repository comes to another namespace, with what its tags are on. Throws BASE_REFUSED. */
export async function requireAllGolden(tx: Writer, repository: RepositoryName, change: Change): Promise<void> {
  const rows = await tx.selectFrom('tag').select('digest').distinct().where('repository', '=', repository).orderBy('digest').execute();
  await requireGolden(
    tx,
    repository,
    rows.map(({ digest }) => digest),
    change,
  );
}

/**
 * In the transaction of a push, when its references are recorded, and of everything else by which a tag
 * comes to be on an image. Throws BASE_REFUSED.
 */
export async function requireGolden(tx: Writer, repository: RepositoryName, digests: readonly Digest[], change: Change): Promise<void> {
  const policy = await findFor(tx, repository);
  if (policy === undefined) return;
  for (const digest of digests) {
    const fault = await judge(tx, repository, digest, policy, change.at);
    if (fault === undefined) continue;
    if (policy.mode === 'enforce') throw new RegistryError('BASE_REFUSED', { message: fault, detail: { digest } });
    await recordEvents(tx, [{ kind: 'base.missing', repository, digest, message: fault, ...change }]);
  }
}

async function judge(db: Reader, repository: RepositoryName, digest: Digest, policy: GoldenPolicy, at: number): Promise<string | undefined> {
  const golden = await listValid(db, policy, at);
  // What the catalogue itself is made of stands on nothing golden.
  if (golden.some((entry) => entry.repository === repository)) return undefined;
  const ids = new Set(golden.map(({ id }) => id));
  for (const image of await listAll(db, repository, digest)) {
    const standing = await listStanding(db, image);
    if (standing.length > 0 && !(await standsOnOne(db, standing, ids, policy)))
      return faultOf(repository, image === digest ? undefined : image, golden, policy);
  }
  return undefined;
}

/** An index with all that is in it, indexes too. */
async function listAll(db: Reader, repository: RepositoryName, digest: Digest): Promise<ReadonlySet<Digest>> {
  const all = new Set([digest]);
  // What is added while the set is walked is walked as well.
  for (const one of all) {
    if (all.size >= imagesMax) break;
    for (const member of await listMembers(db, repository, one, imagesMax)) all.add(member);
  }
  return all;
}

/** Its whole list of layers counts as well: an image may be a golden one with other settings, or itself. */
async function standsOnOne(db: Reader, standing: readonly Digest[], golden: ReadonlySet<string>, { former }: GoldenPolicy): Promise<boolean> {
  for (const chain of standing) {
    let query = db.selectFrom('golden_version').select('golden').where('chain', '=', chain);
    if (!former) query = query.where('ended_at', 'is', null);
    if ((await query.execute()).some((version) => golden.has(version.golden))) return true;
  }
  return false;
}

async function listValid(db: Reader, { from }: GoldenPolicy, at: number): Promise<{ id: string; repository: RepositoryName; tags: string }[]> {
  const rows = await db
    .selectFrom('golden_image')
    .select(['id', 'repository', 'tags', 'until'])
    .where('namespace', 'in', from)
    .where('gone_at', 'is', null)
    .execute();
  return rows.filter(({ until }) => until === null || until > at);
}

type Named = { readonly repository: RepositoryName; readonly tags: string };

function faultOf(repository: RepositoryName, image: Digest | undefined, golden: readonly Named[], { from, former }: GoldenPolicy): string {
  const named = golden.slice(0, namedMax).map(({ repository: name, tags }) => `${name}:${tags}`);
  const which =
    named.length === 0
      ? `and there is none in the catalogue of ${from.join(', ')}`
      : `one of ${named.join(', ')}${golden.length > namedMax ? ' and others' : ''}${former ? '' : ', as it is now'}`;
  return `an image in ${repository} must be based on an approved golden image, ${which}${image === undefined ? '' : `: ${image} is not`}`;
}

const findInReach = fixedQuery((db, { repository, namespace }: { repository: RepositoryName; namespace: string }) =>
  db
    .selectFrom('golden_policy')
    .selectAll()
    .where((eb) => eb.or([eb.and({ scope_kind: 'repository', scope_name: repository }), eb.and({ scope_kind: 'namespace', scope_name: namespace })])),
);

async function findFor(db: Reader, repository: RepositoryName): Promise<GoldenPolicy | undefined> {
  const { rows } = await findInReach(db, { repository, namespace: namespaceOf(repository) });
  return toPolicy(rows.find(({ scope_kind }) => scope_kind === 'repository') ?? rows[0]);
}

async function findPolicy(db: Reader, { kind, name }: GoldenScope): Promise<StoredGoldenPolicy | undefined> {
  return toPolicy(await db.selectFrom('golden_policy').selectAll().where('scope_kind', '=', kind).where('scope_name', '=', name).executeTakeFirst());
}

function toPolicy(row: Tables['golden_policy'] | undefined): StoredGoldenPolicy | undefined {
  return row && { ...(JSON.parse(row.policy) as GoldenPolicy), changedAt: row.changed_at, changedBy: row.changed_by }; // `set` wrote it
}

function auditedScope({ kind, name }: GoldenScope): { namespace: string; repository?: RepositoryName } {
  return kind === 'namespace' ? { namespace: name } : { namespace: namespaceOf(name), repository: name as RepositoryName }; // as it was found
}
