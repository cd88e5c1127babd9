/** Names: given, moved, taken away. Each function is the inside of a transaction. */
import type { Digest } from '@naru/oci/digest';
import { canonicalName, canonicalString, type Reference } from '@naru/oci/reference';
import type { BlobDescriptor } from './image.ts';
import type { StoreParts } from './store-parts.ts';

export type RefTarget = {
  readonly manifest: Digest;
  readonly target: BlobDescriptor;
  /** Does the store have everything below the target? */
  readonly isWhole: boolean;
  /** What is to be kept beyond the manifest. */
  readonly more: readonly Digest[];
};

export function writeRef({ rows, clock }: StoreParts, reference: Reference, { manifest, target, isWhole, more }: RefTarget): void {
  const name = canonicalString(reference);
  condemnRefContent({ rows }, name);
  rows.run(
    `insert into ref (name, kind, repository, manifest, target_digest, target_media_type, target_size_bytes, target_is_whole, changed_at)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
     on conflict (name) do update set manifest = ?4, target_digest = ?5, target_media_type = ?6, target_size_bytes = ?7, target_is_whole = ?8, changed_at = ?9`,
    name,
    reference.digest === undefined ? 'tag' : 'digest',
    canonicalName(reference),
    manifest,
    target.digest,
    target.mediaType,
    target.size,
    Number(isWhole),
    clock.now(),
  );
  for (const digest of more) rows.run('insert or ignore into ref_content (name, digest) values (?, ?)', name, digest);
  markIndexStale({ rows });
}

/** The same target under a further name. False when there is no such name. */
export function copyRef(parts: StoreParts, from: string, to: Reference): boolean {
  const [row] = parts.rows.all<{ manifest: Digest; target_digest: Digest; target_media_type: string; target_size_bytes: number; target_is_whole: number }>(
    'select manifest, target_digest, target_media_type, target_size_bytes, target_is_whole from ref where name = ?',
    from,
  );
  if (row === undefined) return false;
  const more = parts.rows.all<{ digest: Digest }>('select digest from ref_content where name = ?', from).map(({ digest }) => digest);
  const target = { mediaType: row.target_media_type, digest: row.target_digest, size: row.target_size_bytes };
  writeRef(parts, to, { manifest: row.manifest, target, isWhole: row.target_is_whole === 1, more });
  return true;
}

export function removeRef({ rows }: Pick<StoreParts, 'rows'>, name: string): void {
  condemnRefContent({ rows }, name);
  rows.run('delete from ref where name = ?', name);
  markIndexStale({ rows });
}

/** All manifests of an image that has no names any more. */
export function removeImageRows({ rows }: Pick<StoreParts, 'rows'>, id: Digest): void {
  rows.run('insert or ignore into garbage (digest) select c.digest from manifest_content c join manifest m on m.digest = c.manifest where m.image_id = ?', id);
  rows.run('delete from manifest where image_id = ?', id);
  markIndexStale({ rows });
}

export function markIndexStale({ rows }: Pick<StoreParts, 'rows'>): void {
  rows.run('update layout_index set is_stale = 1');
}

function condemnRefContent({ rows }: Pick<StoreParts, 'rows'>, name: string): void {
  rows.run('insert or ignore into garbage (digest) select digest from ref_content where name = ?', name);
  rows.run('delete from ref_content where name = ?', name);
}
