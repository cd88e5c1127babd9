/** Everything that only reads the rows. */
import type { Digest } from '@naru/oci/digest';
import type { BlobDescriptor, Image, ImageLayer, ImageRef } from './image.ts';
import type { StoreParts } from './store-parts.ts';

type ManifestRow = {
  digest: Digest;
  media_type: string;
  size_bytes: number;
  image_id: Digest;
  created_at: number | null;
  image_bytes: number;
  labels: string;
  platform: string;
};

type RefRow = {
  name: string;
  kind: 'tag' | 'digest';
  repository: string;
  manifest: Digest;
  target_digest: Digest;
  target_media_type: string;
  target_size_bytes: number;
  changed_at: number;
};

/** The newest first, as Docker lists them. Two statements, however many there are. */
export function listImages({ rows }: Pick<StoreParts, 'rows'>): Image[] {
  const refs = Map.groupBy(listRefs({ rows }), ({ manifest }) => manifest);
  const manifests = rows.all<ManifestRow>(
    'select digest, media_type, size_bytes, image_id, created_at, image_bytes, labels, platform from manifest order by recorded_at desc, digest',
  );
  const images = [...Map.groupBy(manifests, ({ image_id }) => image_id).values()].map((group) => imageOf(group, refs));
  return images.sort(
    (one, other) =>
      (other.createdAt ?? -Infinity) - (one.createdAt ?? -Infinity) || compareText(firstName(one), firstName(other)) || compareText(one.id, other.id),
  );
}

export function listRefs({ rows }: Pick<StoreParts, 'rows'>): ImageRef[] {
  return rows
    .all<RefRow>('select name, kind, repository, manifest, target_digest, target_media_type, target_size_bytes, changed_at from ref order by name')
    .map(({ name, kind, repository, manifest, ...row }) => ({
      name,
      kind,
      repository,
      manifest,
      target: { mediaType: row.target_media_type, digest: row.target_digest, size: row.target_size_bytes },
      changedAt: row.changed_at,
    }));
}

export function listLayers({ rows }: Pick<StoreParts, 'rows'>, manifest: Digest): ImageLayer[] {
  return rows
    .all<{ digest: Digest; diff_id: Digest | null; size_bytes: number; file_bytes: number | null }>(
      `select c.digest, l.diff_id, c.size_bytes, l.file_bytes from manifest_content c left join layer l on l.digest = c.digest
        where c.manifest = ? and c.role = 'layer' order by c.position`,
      manifest,
    )
    .map((row) => ({ digest: row.digest, diffId: row.diff_id ?? row.digest, sizeBytes: row.size_bytes, fileBytes: row.file_bytes ?? row.size_bytes }));
}

/** A stored layer that unpacks to this. */
export function findLayerByDiffId({ rows }: Pick<StoreParts, 'rows'>, diffId: Digest): Digest | undefined {
  return rows.all<{ digest: Digest }>('select digest from layer where diff_id = ? order by digest', diffId)[0]?.digest;
}

export function findInspectedLayer({ rows }: Pick<StoreParts, 'rows'>, digest: Digest): { readonly diffId: Digest; readonly fileBytes: number } | undefined {
  const [row] = rows.all<{ diff_id: Digest; file_bytes: number }>('select diff_id, file_bytes from layer where digest = ?', digest);
  return row && { diffId: row.diff_id, fileBytes: row.file_bytes };
}

/** Everything that a name keeps, each once: what an archive of it holds. */
export function listContent({ rows }: Pick<StoreParts, 'rows'>, manifest: Digest, name?: string): { readonly digest: Digest; readonly role: string }[] {
  const own = rows.all<{ digest: Digest; role: string }>('select digest, role from manifest_content where manifest = ? order by position', manifest);
  const more =
    name === undefined
      ? []
      : rows.all<{ digest: Digest; role: string }>("select digest, 'target' as role from ref_content where name = ? order by digest", name);
  return [...new Map([...own, ...more].map((content) => [content.digest, content])).values()];
}

/** Does the store have all that the target lists? */
export function isTargetWhole({ rows }: Pick<StoreParts, 'rows'>, name: string): boolean {
  return rows.all<{ target_is_whole: number }>('select target_is_whole from ref where name = ?', name)[0]?.target_is_whole === 1;
}

/** The same image under an OCI media type: what index.json lists. */
export function layoutDescriptor({ rows }: Pick<StoreParts, 'rows'>, manifest: Digest): BlobDescriptor | undefined {
  const [row] = rows.all<{ layout_media_type: string; layout_digest: Digest; layout_size_bytes: number }>(
    'select layout_media_type, layout_digest, layout_size_bytes from manifest where digest = ?',
    manifest,
  );
  return row && { mediaType: row.layout_media_type, digest: row.layout_digest, size: row.layout_size_bytes };
}

/** Repositories that are known to hold a layer, the latest first. */
export function listLayerSources({ rows }: Pick<StoreParts, 'rows'>, digest: Digest): string[] {
  return rows
    .all<{ repository: string }>('select repository from layer_source where digest = ? order by seen_at desc, repository', digest)
    .map(({ repository }) => repository);
}

function imageOf(group: readonly ManifestRow[], refs: ReadonlyMap<Digest, ImageRef[]>): Image {
  const [newest] = group as readonly [ManifestRow, ...ManifestRow[]]; // a group has at least one
  return {
    id: newest.image_id,
    manifest: { mediaType: newest.media_type, digest: newest.digest, size: newest.size_bytes },
    createdAt: newest.created_at ?? undefined,
    sizeBytes: newest.image_bytes,
    labels: JSON.parse(newest.labels) as Record<string, string>, // written by recordImage
    platform: newest.platform,
    refs: group.flatMap(({ digest }) => refs.get(digest) ?? []).sort((one, other) => compareText(one.name, other.name)),
  };
}

function firstName({ refs }: Image): string {
  return refs[0]?.name ?? '';
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
