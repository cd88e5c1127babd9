import type { Digest } from '@naru/oci/digest';
import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import { namesOf, namespaceOf } from '../access/namespace.ts';
import { chunks } from './chunks.ts';
import type { MetadataDatabase, Reader, Writer } from './database.ts';
import { recordEvents } from './event-rows.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import type { Change } from './port.ts';
import { nearShare, type Usage, type UsageRows } from './usage-port.ts';

/** `quotaBytes`: of every namespace that has no limit of its own. */
export function usageRows({ read, write }: MetadataDatabase, quotaBytes: number | undefined): UsageRows {
  const selectUsage = (db: Reader) => db.selectFrom('namespace_usage').select(['namespace', 'bytes']);

  async function describe(db: Reader, namespace: string, bytes: number): Promise<Usage> {
    const { maxBytes, isOwn } = await readQuota(db, namespace, quotaBytes);
    const { count } = await db
      .selectFrom('repository')
      .select((eb) => eb.fn.countAll<number | string>().as('count'))
      .where('namespace', '=', namespace)
      .executeTakeFirstOrThrow();
    return { namespace, bytes, repositories: Number(count), ...(maxBytes !== undefined && { maxBytes }), isOwn };
  }

  return {
    async find(namespace) {
      const row = await selectUsage(read).where('namespace', '=', namespace).executeTakeFirst();
      return describe(read, namespace, row?.bytes ?? 0);
    },

    async list({ after, limit }) {
      let used = selectUsage(read).orderBy('namespace').limit(limit);
      let limited = read.selectFrom('namespace_quota').select('namespace').orderBy('namespace').limit(limit);
      if (after !== undefined) [used, limited] = [used.where('namespace', '>', after), limited.where('namespace', '>', after)];
      const found = new Map((await limited.execute()).map(({ namespace }) => [namespace, 0]));
      for (const { namespace, bytes } of await used.execute()) found.set(namespace, bytes);
      const names = [...found.keys()].toSorted().slice(0, limit);
      return Promise.all(names.map((namespace) => describe(read, namespace, found.get(namespace) ?? 0)));
    },

    setQuota: ({ namespace, maxBytes, ...change }) =>
      write(async (tx) => {
        const row = { max_bytes: maxBytes ?? null, changed_at: change.at, changed_by: change.actor };
        await tx
          .insertInto('namespace_quota')
          .values({ namespace, ...row })
          .onConflict((conflict) => conflict.column('namespace').doUpdateSet(row))
          .execute();
        await countAgain(tx, namespace);
        await recordAudit(tx, [auditOf(change, 'quota.change', { namespace, detail: { maxBytes: maxBytes ?? null } })]);
      }),

    removeQuota: ({ namespace, ...change }) =>
      write(async (tx) => {
        const { numDeletedRows } = await tx.deleteFrom('namespace_quota').where('namespace', '=', namespace).executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await countAgain(tx, namespace);
        await recordAudit(tx, [auditOf(change, 'quota.delete', { namespace })]);
        return true;
      }),

    async requireRoom({ repository, digest, sizeBytes, ...change }) {
      const blob = { repository, digest, sizeBytes };
      const room = await readRoom(read, namespaceOf(repository), quotaBytes);
      if (fits(blob, room) || (await isHeldIn(read, repository, digest))) return;
      const refusal = exceeded(blob, room);
      if (change.isGenerated === true) throw refusal;
      await write((tx) => reportRefusal(tx, repository, refusal, change));
      throw refusal;
    },
  };
}

type Blob = { readonly repository: RepositoryName; readonly digest: Digest; readonly sizeBytes: number };

/**
 * A repository is to have a blob that it does not have yet, in the transaction that links it. Throws
 * QUOTA_EXCEEDED when the namespace has no room for it.
 */
export async function countLinked(tx: Writer, blob: Blob, change: Change, quotaBytes: number | undefined): Promise<void> {
  const { repository, digest, sizeBytes } = blob;
  if (await isHeldIn(tx, repository, digest)) return;
  const namespace = namespaceOf(repository);
  const room = await readRoom(tx, namespace, quotaBytes);
  if (!fits(blob, room)) throw exceeded(blob, room);
  await tx
    .insertInto('namespace_usage')
    .values({ namespace, bytes: sizeBytes, refused_at: null })
    .onConflict((conflict) => conflict.column('namespace').doUpdateSet((eb) => ({ bytes: eb('namespace_usage.bytes', '+', sizeBytes) })))
    .execute();
  const { before, maxBytes } = room;
  const after = before + sizeBytes;
  if (maxBytes === undefined || before > maxBytes * nearShare || after <= maxBytes * nearShare) return;
  // Whatever it was that filled it.
  const { isGenerated: _, ...told } = change;
  await recordEvents(tx, [{ kind: 'quota.near', repository, message: `${place(namespace)} holds ${after} of ${maxBytes} bytes`, ...told }]);
}

/** Links of a repository are gone, in the transaction that took them. */
export async function countUnlinked(tx: Writer, repository: RepositoryName, digests: readonly Digest[]): Promise<void> {
  let bytes = 0;
  for (const chunk of chunks(digests)) {
    const rows = await tx.selectFrom('blob').select(['digest', 'size_bytes']).where('digest', 'in', chunk).execute();
    for (const { digest, size_bytes } of rows) if (!(await isHeldIn(tx, repository, digest))) bytes += size_bytes;
  }
  if (bytes === 0) return;
  await tx
    .updateTable('namespace_usage')
    .set((eb) => ({ bytes: eb('bytes', '-', bytes), refused_at: null }))
    .where('namespace', '=', namespaceOf(repository))
    .execute();
}

/** From the links themselves: after a change of very many at once. */
export async function countAgain(tx: Writer, namespace: string): Promise<void> {
  const { bytes } = await tx
    .selectFrom(
      tx
        .selectFrom('repository')
        .innerJoin('repository_blob', 'repository_blob.repository', 'repository.name')
        .innerJoin('blob', 'blob.digest', 'repository_blob.digest')
        .select(['blob.digest', 'blob.size_bytes'])
        .distinct()
        .where('repository.namespace', '=', namespace)
        .as('held'),
    )
    .select((eb) => eb.fn.sum<number | string | null>('held.size_bytes').as('bytes'))
    .executeTakeFirstOrThrow();
  const row = { bytes: Number(bytes ?? 0), refused_at: null };
  await tx
    .insertInto('namespace_usage')
    .values({ namespace, ...row })
    .onConflict((conflict) => conflict.column('namespace').doUpdateSet(row))
    .execute();
}

/** After a repository came from elsewhere. Throws QUOTA_EXCEEDED. */
export async function requireWithin(tx: Writer, repository: RepositoryName, quotaBytes: number | undefined): Promise<void> {
  const room = await readRoom(tx, namespaceOf(repository), quotaBytes);
  const nothing = { repository, sizeBytes: 0 };
  if (!fits(nothing, room)) throw exceeded(nothing, room);
}

/** Of a namespace that is no more: whoever takes the name next is somebody else. */
export async function removeUsageOf(tx: Writer, namespace: string): Promise<void> {
  await tx.deleteFrom('namespace_quota').where('namespace', '=', namespace).execute();
  await tx.deleteFrom('namespace_usage').where('namespace', '=', namespace).execute();
  await tx.deleteFrom('usage_day').where('namespace', '=', namespace).execute();
}

type Room = { readonly before: number; readonly maxBytes: number | undefined };

async function readRoom(db: Reader, namespace: string, quotaBytes: number | undefined): Promise<Room> {
  const { maxBytes } = await readQuota(db, namespace, quotaBytes);
  const usage = await db.selectFrom('namespace_usage').select('bytes').where('namespace', '=', namespace).executeTakeFirst();
  return { before: usage?.bytes ?? 0, maxBytes };
}

async function readQuota(db: Reader, namespace: string, quotaBytes: number | undefined): Promise<{ maxBytes: number | undefined; isOwn: boolean }> {
  const quota = await db.selectFrom('namespace_quota').select('max_bytes').where('namespace', '=', namespace).executeTakeFirst();
  return quota === undefined ? { maxBytes: quotaBytes, isOwn: false } : { maxBytes: quota.max_bytes ?? undefined, isOwn: true };
}

function fits({ sizeBytes }: Pick<Blob, 'sizeBytes'>, { before, maxBytes }: Room): boolean {
  return maxBytes === undefined || before + sizeBytes <= maxBytes;
}

/** By any repository of the namespace. */
async function isHeldIn(db: Reader, repository: RepositoryName, digest: Digest): Promise<boolean> {
  const namespace = namespaceOf(repository);
  const holders = db.selectFrom('repository_blob').select('repository').where('repository_blob.digest', '=', digest).limit(1);
  const found =
    namespace === ''
      ? holders.innerJoin('repository', 'repository.name', 'repository_blob.repository').where('repository.namespace', '=', '')
      : holders.where('repository', '>=', namesOf(namespace).from).where('repository', '<', namesOf(namespace).below);
  return (await found.executeTakeFirst()) !== undefined;
}

async function reportRefusal(tx: Writer, repository: RepositoryName, { message }: RegistryError, change: Change): Promise<void> {
  const row = { bytes: 0, refused_at: change.at };
  const told = await tx
    .insertInto('namespace_usage')
    .values({ namespace: namespaceOf(repository), ...row })
    .onConflict((conflict) => conflict.column('namespace').doUpdateSet({ refused_at: change.at }).where('namespace_usage.refused_at', 'is', null))
    .returning('namespace')
    .executeTakeFirst();
  if (told !== undefined) await recordEvents(tx, [{ kind: 'quota.reached', repository, message, ...change }]);
}

function exceeded({ repository, sizeBytes }: Pick<Blob, 'repository' | 'sizeBytes'>, { before, maxBytes }: Room): RegistryError {
  const namespace = namespaceOf(repository);
  return new RegistryError('QUOTA_EXCEEDED', {
    message: `quota exceeded: ${place(namespace)} may hold ${maxBytes} bytes and would hold ${before + sizeBytes}`,
    detail: { namespace, usedBytes: before, maxBytes, sizeBytes },
  });
}

function place(namespace: string): string {
  return namespace === '' ? 'the top level' : namespace;
}
