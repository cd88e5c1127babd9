/**
 * When a tag of a catalogue moves or is deleted, everything that stands on what it was is outdated:
 * each place where such an image has a tag gets an event, so that whoever builds there can build again.
 * A job for each tag, which may run twice: what was told is not told again.
 */
import { parseRepositoryName, parseTag, type RepositoryName, type Tag } from '@naru/oci/repository-name';
import { z } from 'zod';
import type { EventConsumer } from '../events/consumers.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { GoldenVersion } from '../metadata/golden-port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';

const kind = 'mark-outdated';
const pageSize = 100;
/** Former versions of one tag that are looked after; the newest first. */
const versionsMax = 500;
/** Repositories that hold one image, and tags on it in one of them. */
const placesMax = 100;
const tagsMax = 50;

type Rows = Pick<MetadataStore, 'golden' | 'outdated' | 'lineage'>;

export function goldenMoves({ golden }: Pick<Rows, 'golden'>): EventConsumer {
  return {
    name: kind,
    async toJobs(events) {
      const moved = new Map<string, { repository: RepositoryName; tag: Tag }>();
      const known = new Map<RepositoryName, boolean>();
      for (const { kind: of, repository, tag, previous } of events) {
        if ((of !== 'tag.moved' && of !== 'tag.deleted') || tag === undefined || previous === undefined) continue;
        const isGolden = known.get(repository) ?? (await golden.listIn(repository)).length > 0;
        known.set(repository, isGolden);
        if (isGolden) moved.set(`${repository}:${tag}`, { repository, tag });
      }
      return [...moved].map(([key, payload]) => ({ kind, payload, key }));
    },
  };
}

const payloadOf = z.object({ repository: z.string(), tag: z.string() });

export function markOutdated({ rows, clock }: { readonly rows: Rows; readonly clock: Clock }): JobKind {
  return {
    name: kind,
    concurrency: 1,
    retry: { attemptsMax: 8, firstMs: 1000, longestMs: 600e3 },
    async run({ payload }, signal) {
      const named = payloadOf.parse(payload);
      const [repository, tag] = [parseRepositoryName(named.repository), parseTag(named.tag)];
      for (const { id } of await rows.golden.listIn(repository)) {
        const versions = await rows.golden.listVersions(id, { tag, limit: versionsMax });
        const now = versions.find(({ ended }) => ended === undefined)?.pointed;
        for (const version of versions) {
          if (version.ended !== undefined) await tellDependants(version, { repository, ...(now !== undefined && { now }) }, signal);
        }
      }
    },
  };

  async function tellDependants(
    version: GoldenVersion,
    { repository: base, now }: { repository: RepositoryName; now?: GoldenVersion['pointed'] },
    signal: AbortSignal,
  ): Promise<void> {
    for (let after: number | undefined = 0; after !== undefined;) {
      const page = await rows.outdated.list(version, { after, limit: pageSize });
      for (const { image } of page) {
        signal.throwIfAborted();
        for (const repository of await rows.lineage.listHolders(image, placesMax)) {
          const tags = await rows.lineage.listTags(repository, image, tagsMax);
          // What no tag leads to is nobody's to build again.
          if (tags.length > 0) await rows.outdated.tell({ version, image, repository, tags, base, ...(now && { now }), at: clock.now(), actor: kind });
        }
      }
      after = page.length < pageSize ? undefined : page.at(-1)?.number;
    }
  }
}
