import type { Digest } from '@naru/oci/digest';
import type { StorageKey } from '../blobstore/port.ts';
import type { BlobRow, IntegrityRows } from './collection-port.ts';
import type { MetadataDatabase } from './database.ts';
import { chunks } from './chunks.ts';
import { listRecordedManifests } from './recorded-manifests.ts';
import { listViolations } from './violations.ts';

const blobColumns = ['digest', 'storage_key as storageKey', 'size_bytes as sizeBytes', 'state', 'stored_at as storedAt', 'checked_at as checkedAt'] as const;

export function integrityRows({ read, snapshot, write, inspect }: MetadataDatabase): IntegrityRows {
  return {
    listViolations: (limit) => inspect((inspector) => listViolations(inspector, limit)),

    async listBlobRows({ after = '' as Digest, limit }): Promise<BlobRow[]> {
      return read.selectFrom('blob').select(blobColumns).where('digest', '>', after).orderBy('digest').limit(limit).execute();
    },

    async findBlobRow(digest) {
      return read.selectFrom('blob').select(blobColumns).where('digest', '=', digest).executeTakeFirst();
    },

    listManifestRows: (page) => snapshot((tx) => listRecordedManifests(tx, page)),

    async listUnchecked({ before, limit }): Promise<BlobRow[]> {
      return read
        .selectFrom('blob')
        .select(blobColumns)
        .where('state', '=', 'stored')
        .where('checked_at', '<', before)
        .orderBy('checked_at')
        .orderBy('digest')
        .limit(limit)
        .execute();
    },

    async recordChecked(digest, at) {
      await write((tx) => tx.updateTable('blob').set({ checked_at: at }).where('digest', '=', digest).where('checked_at', '<', at).execute());
    },

    async quarantine(digest) {
      await write((tx) => tx.updateTable('blob').set({ state: 'quarantined' }).where('digest', '=', digest).execute());
    },

    async listUnknownKeys(keys) {
      const known = new Set<StorageKey>();
      for (const chunk of chunks(keys)) {
        for (const table of ['blob', 'condemned_blob'] as const) {
          const rows = await read.selectFrom(table).select('storage_key').where('storage_key', 'in', chunk).execute();
          for (const { storage_key } of rows) known.add(storage_key);
        }
      }
      return keys.filter((key) => !known.has(key));
    },
  };
}
