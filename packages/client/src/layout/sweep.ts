/**
 * Deletes content that nobody needs. What might be garbage is noted in the transaction that lets go
 * of it, and looked at again here, under the write lock, file by file: rows went before bytes, so a
 * process that dies in between leaves waste and never a hole.
 */
import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, isDigest } from '@naru/oci/digest';
import { ownerOfPartial } from './ingest.ts';
import { endDeadLeases } from './lease.ts';
import { isRunning } from './process-owner.ts';
import { hasErrorCode } from './store-error.ts';
import type { StoreParts } from './store-parts.ts';

/** Bytes that were freed. */
export function sweep(parts: StoreParts): number {
  return sweepGarbage(parts) + sweepPartials(parts);
}

function sweepGarbage(parts: StoreParts): number {
  const { rows, paths } = parts;
  return rows.transaction(() => {
    endDeadLeases(parts);
    let freedBytes = 0;
    for (const { digest } of rows.all<{ digest: Digest }>('select digest from garbage')) {
      if (!isNeeded(parts, digest)) {
        freedBytes += deleteFile(paths.blob(digest));
        rows.run('delete from layer where digest = ?', digest);
        rows.run('delete from layer_source where digest = ?', digest);
      }
      rows.run('delete from garbage where digest = ?', digest);
    }
    return freedBytes;
  });
}

/** A file that is this young may belong to somebody who has not said so yet. */
const graceMs = 3600 * 1000;
/** Half a download is worth keeping for a week. */
const partialMs = 7 * 24 * 3600 * 1000;

/** Looks at every file: for `prune`, after crashes. Bytes that were freed. */
export function sweepEverything(parts: StoreParts): number {
  const { rows, paths, clock } = parts;
  rows.transaction(() => {
    for (const algorithm of listNames(paths.blobs)) {
      for (const hex of listNames(join(paths.blobs, algorithm))) {
        const digest = `${algorithm}:${hex}`;
        if (isDigest(digest) && isOlder(paths.blob(digest), clock.now() - graceMs)) rows.run('insert or ignore into garbage (digest) values (?)', digest);
      }
    }
  });
  return sweep(parts);
}

function sweepPartials({ rows, paths, clock }: StoreParts): number {
  return rows.transaction(() => {
    let freedBytes = 0;
    const owners = new Map(rows.all<{ name: string; owner: string }>('select name, owner from ingest').map(({ name, owner }) => [name, owner]));
    for (const file of listNames(paths.ingest)) {
      const name = file.replace(/\.partial$/, '');
      const owner = owners.get(name) ?? ownerOfPartial(name);
      if (owner !== undefined && isRunning(owner)) continue;
      if (ownerOfPartial(name) === undefined && !isOlder(join(paths.ingest, file), clock.now() - partialMs)) continue;
      freedBytes += deleteFile(join(paths.ingest, file));
    }
    // Also where the file is a blob by now, and a full disk let nobody take the row along.
    for (const [name, owner] of owners) if (!isRunning(owner)) rows.run('delete from ingest where name = ?', name);
    return freedBytes;
  });
}

function isNeeded({ rows }: StoreParts, digest: Digest): boolean {
  const sql = `select exists (select 1 from manifest_content where digest = ?1) or exists (select 1 from ref_content where digest = ?1)
                   or exists (select 1 from lease_content where digest = ?1) as needed`;
  return rows.all<{ needed: number }>(sql, digest)[0]?.needed === 1;
}

function deleteFile(path: string): number {
  try {
    const { size } = statSync(path);
    unlinkSync(path);
    return size;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

function isOlder(path: string, than: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.mtimeMs < than;
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
