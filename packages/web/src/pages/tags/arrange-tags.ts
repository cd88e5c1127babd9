/** From tags as the server lists them to rows as people read them. Pure: the page only draws what comes of it. */
import { compareTags, findVersion, releaseLine, stepBetween, type VersionStep } from '@naru/oci/version-tag';
import type { TagEntry } from './use-tags.ts';

export type TagRow =
  | { readonly kind: 'group'; readonly key: string; readonly line: string | undefined; readonly size: number }
  | {
      readonly kind: 'tag';
      readonly key: string;
      readonly entry: TagEntry;
      /** All tags on its image, this one among them: one list for all of them, since an image may have ten thousand. */
      readonly same: readonly string[];
      readonly step?: { readonly kind: VersionStep; readonly from: string };
    };

export type Arrangement = { readonly order: 'version' | 'time'; readonly filter: string; readonly platform: string };

export function arrangeTags(entries: readonly TagEntry[], { order, filter, platform }: Arrangement): TagRow[] {
  const byDigest = new Map(
    [...Map.groupBy(entries, ({ digest }) => digest)].map(([digest, members]) => [digest, members.map(({ tag }) => tag).toSorted(compareTags)]),
  );
  const steps = findSteps(entries);
  const wanted = filter.trim().toLowerCase();
  const rows = entries
    .filter(
      ({ tag, digest, platforms }) =>
        (wanted === '' || tag.toLowerCase().includes(wanted) || digest.includes(wanted)) && (platform === '' || platforms.includes(platform)),
    )
    .toSorted(order === 'version' ? (a, b) => compareTags(a.tag, b.tag) : (a, b) => b.movedAt - a.movedAt || compareTags(a.tag, b.tag))
    .map((entry): TagRow & { kind: 'tag' } => {
      const step = steps.get(entry.tag);
      return { kind: 'tag', key: entry.tag, entry, same: byDigest.get(entry.digest) ?? [], ...(step && { step }) };
    });
  return order === 'version' ? grouped(rows) : rows;
}

/** By `1.27`; names such as `latest` make the first group. */
function grouped(rows: readonly (TagRow & { kind: 'tag' })[]): TagRow[] {
  const groups = Map.groupBy(rows, ({ entry }) => {
    const version = findVersion(entry.tag);
    return version && releaseLine(version);
  });
  return [...groups].flatMap(([line, members]): TagRow[] => [{ kind: 'group', key: `/${line ?? ''}`, line, size: members.length }, ...members]);
}

/** Of each release, the step from the release before it on the same ground; a pre-release is one by itself. */
function findSteps(entries: readonly TagEntry[]): Map<string, { kind: VersionStep; from: string }> {
  const whole = entries
    .flatMap(({ tag }) => {
      const version = findVersion(tag);
      return version && version.numbers.length >= 3 ? [{ tag, version }] : [];
    })
    .toSorted((a, b) => compareTags(a.tag, b.tag));
  const steps = new Map<string, { kind: VersionStep; from: string }>();
  for (const line of Map.groupBy(whole, ({ version }) => `${version.variant} ${version.prerelease.length > 0 ? 'next' : ''}`).values()) {
    line.forEach(({ tag, version }, index) => {
      // The same version may be there twice, as `v1.0.0` and `1.0.0`.
      const before = line.slice(index + 1, index + 1 + lookBackMax).find((older) => stepBetween(version, older.version) !== undefined);
      const kind = version.prerelease.length > 0 ? 'prerelease' : before && stepBetween(version, before.version);
      if (kind) steps.set(tag, { kind, from: before?.tag ?? '' });
    });
  }
  return steps;
}

const lookBackMax = 4;
