import { RegistryError } from '@naru/oci/registry-error';
import type { GateScope } from '../../gate/policy.ts';
import type { SignerDocument } from '../../signatures/trusted-signer.ts';
import type { MetadataDatabase, Reader } from '../database.ts';
import { auditOf } from '../identity/audit-of.ts';
import { recordAudit } from '../identity/audit-rows.ts';
import { enqueueJobs } from '../job-rows.ts';
import { requireScope } from './policy-rows.ts';
import { auditPlace, scopesOf, toColumns, toScope } from './scope-columns.ts';
import { signersMax, type SignerRows, type StoredSigner } from './signer-port.ts';

export function signerRows({ read, write }: MetadataDatabase): SignerRows {
  return {
    list: (scope) => listIn(read, scope),

    async listFor(repository) {
      const found: StoredSigner[] = [];
      for (const scope of scopesOf(repository)) found.push(...(await listIn(read, scope)));
      return found;
    },

    set: ({ name, scope, document, jobs, ...change }) =>
      write(async (tx) => {
        await requireScope(tx, scope);
        const known = await listIn(tx, scope);
        if (known.length >= signersMax && !known.some((one) => one.name === name))
          throw new RegistryError('CONFLICT', { message: `there are ${signersMax} trusted signers already: take some away` });
        const row = { document: JSON.stringify(document), created_at: change.at, created_by: change.actor };
        await tx
          .insertInto('trusted_signer')
          .values({ ...toColumns(scope), name, ...row })
          .onConflict((conflict) => conflict.columns(['scope_kind', 'scope_name', 'name']).doUpdateSet(row))
          .execute();
        await enqueueJobs(tx, jobs, change.at);
        await recordAudit(tx, [auditOf(change, 'signer.set', { ...auditPlace(scope), detail: { name, kind: document.kind } })]);
      }),

    remove: ({ scope, name, jobs, ...change }) =>
      write(async (tx) => {
        const { scope_kind, scope_name } = toColumns(scope);
        const { numDeletedRows } = await tx
          .deleteFrom('trusted_signer')
          .where('scope_kind', '=', scope_kind)
          .where('scope_name', '=', scope_name)
          .where('name', '=', name)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await enqueueJobs(tx, jobs, change.at);
        await recordAudit(tx, [auditOf(change, 'signer.delete', { ...auditPlace(scope), detail: { name } })]);
        return true;
      }),
  };
}

async function listIn(db: Reader, scope: GateScope): Promise<StoredSigner[]> {
  const { scope_kind, scope_name } = toColumns(scope);
  const rows = await db
    .selectFrom('trusted_signer')
    .selectAll()
    .where('scope_kind', '=', scope_kind)
    .where('scope_name', '=', scope_name)
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    scope: toScope(row),
    document: JSON.parse(row.document) as SignerDocument, // `set` wrote it
    createdAt: row.created_at,
    createdBy: row.created_by,
  }));
}
