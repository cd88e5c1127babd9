/**
 * When a tag of a catalogue moves, also because a person has decided, or is deleted, alone or with its repository, everything that stands on
 * what it was is outdated: each place where such an image has a tag gets an event, so that whoever builds
 * there can build again. A job for each tag, or for the repository, which may run twice: what was told is
 * not told again.
 */
import type { Digest } from '@naru/oci/digest';
import { parseRepositoryName, parseTag, type RepositoryName, type Tag } from '@naru/oci/repository-name';
import { z } from 'zod';
import { askOnce } from '../events/ask-once.ts';
import type { EventConsumer } from '../events/consumers.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { BaseChange, GoldenVersion } from '../metadata/golden-port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';

const kind = 'mark-outdated';
const pageSize = 100;
/** Former versions of one tag that are looked after, and all of a repository that is no more; the newest first. */
const versionsMax = 500;
const goneVersionsMax = 10_000;
/** Repositories that hold one image, and tags on it in one of them. */
const placesMax = 100;
const tagsMax = 50;

type Rows = Pick<MetadataStore, 'golden' | 'outdated' | 'lineage'>;

export function goldenMoves({ golden }: Pick<Rows, 'golden'>): EventConsumer {
  return {
    name: kind,
    async toJobs(events) {
      const moved = new Map<string, { repository: RepositoryName; tag?: Tag }>();
      const isGolden = askOnce(async (repository: RepositoryName) => (await golden.listIn(repository)).length > 0);
      for (const { kind: of, repository, tag, previous, digest } of events) {
        if (of === 'image.approved' || of === 'image.refused') {
          for (const named of await listTagsOf(repository, digest, golden)) moved.set(`${repository}:${named}`, { repository, tag: named });
          continue;
        }
        const isDeleted = of === 'repository.deleted';
        if (!isDeleted && ((of !== 'tag.moved' && of !== 'tag.deleted') || tag === undefined || previous === undefined)) continue;
        if (await isGolden(repository)) moved.set(isDeleted ? repository : `${repository}:${tag}`, { repository, ...(!isDeleted && { tag }) });
      }
      return [...moved].map(([key, payload]) => ({ kind, payload, key }));
    },
  };
}

/** That are, or were, on what somebody has decided about. */
async function listTagsOf(repository: RepositoryName, digest: Digest | undefined, golden: Rows['golden']): Promise<Set<Tag>> {
  const tags = new Set<Tag>();
  for (const { id } of await golden.listIn(repository))
    for (const { tag, pointed } of await golden.listVersions(id, { limit: versionsMax })) if (pointed === digest) tags.add(tag);
  return tags;
}

const payloadOf = z.object({ repository: z.string(), tag: z.string().optional() });

export function markOutdated({ rows, clock }: { readonly rows: Rows; readonly clock: Clock }): JobKind {
  return {
    name: kind,
    concurrency: 1,
    retry: { attemptsMax: 8, firstMs: 1000, longestMs: 600e3 },
    async run({ payload }, signal) {
      const named = payloadOf.parse(payload);
      const repository = parseRepositoryName(named.repository);
      const tag = named.tag === undefined ? undefined : parseTag(named.tag);
      for (const { id, goneAt } of await rows.golden.listIn(repository)) {
        if ((goneAt !== undefined) !== (tag === undefined)) continue;
        const versions = await rows.golden.listVersions(id, tag === undefined ? { limit: goneVersionsMax } : { tag, limit: versionsMax });
        const now = versions.find(({ ended }) => ended === undefined)?.pointed;
        const what: BaseChange = goneAt !== undefined ? { kind: 'gone' } : now !== undefined ? { kind: 'moved', now } : { kind: 'deleted' };
        for (const version of versions) if (version.ended !== undefined) await tellDependants(version, { repository, what }, signal);
      }
    },
  };

  async function tellDependants(
    version: GoldenVersion,
    { repository: base, what }: { repository: RepositoryName; what: BaseChange },
    signal: AbortSignal,
  ): Promise<void> {
    for (let after: number | undefined = 0; after !== undefined;) {
      const page = await rows.outdated.list(version, { after, limit: pageSize });
      for (const { image } of page) {
        signal.throwIfAborted();
        for (const repository of await rows.lineage.listHolders(image, placesMax)) {
          const tags = await rows.lineage.listTags(repository, image, tagsMax);
          // What no tag leads to is nobody's to build again.
          if (tags.length > 0) await rows.outdated.tell({ version, image, repository, tags, base, what, at: clock.now(), actor: kind });
        }
      }
      after = page.length < pageSize ? undefined : page.at(-1)?.number;
    }
  }
}
