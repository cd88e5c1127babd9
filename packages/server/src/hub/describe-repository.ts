/**
 * After a push, or when a person has decided about one: looks what kinds of images a repository has and what the newest says of it. A job for
 * each repository, once for as many pushes as come within a moment, since it looks at every tag.
 */
import { parseRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { isRegistryError } from '@naru/oci/registry-error';
import type { EventConsumer } from '../events/consumers.ts';
import type { JobKind } from '../jobs/job-kind.ts';
import type { PageRows } from '../metadata/hub-port.ts';
import type { NewJob } from '../metadata/job-port.ts';
import type { EventKind, TagRow } from '../metadata/port.ts';
import type { Registry } from '../registry/registry.ts';
import type { Clock } from '../runtime/clock.ts';
import { readImageWords } from './image-words.ts';

const kind = 'describe-repository';
/** Tags that are looked at (I6): what more there is has the same platforms. */
const tagsMax = 1000;
const tagsPerPage = 100;
/** Pushes of one repository that come within this are looked at once. */
const momentMs = 1000;
/** Of one repository; more is nothing that anybody filters by. */
const facetsMax = 50;

const changing: ReadonlySet<EventKind> = new Set(['tag.moved', 'tag.deleted', 'image.approved', 'image.refused']);

export function describeJob(repository: RepositoryName, runAt: number): NewJob {
  return { kind, payload: repository, key: repository, priority: 'low', runAt };
}

export const pushedImages: EventConsumer = {
  name: kind,
  toJobs(events) {
    const changed = events.filter((event) => changing.has(event.kind));
    const since = new Map(changed.toReversed().map(({ repository, at }) => [repository, at]));
    return [...since].map(([repository, at]) => describeJob(repository, at + momentMs));
  },
};

export type DescribeParts = {
  /** As everybody is told. */
  readonly registry: { readonly tags: Pick<Registry['tags'], 'listRows'> } & Pick<Registry, 'images'>;
  readonly rows: Pick<PageRows, 'recordDescribed'>;
  readonly clock: Clock;
};

export function describeRepositories(parts: DescribeParts): JobKind {
  return {
    name: kind,
    concurrency: 1,
    retry: { attemptsMax: 5, firstMs: 10e3, longestMs: 600e3 },
    async run({ payload }, signal) {
      await describe(parseRepositoryName(String(payload)), parts, signal);
    },
  };
}

async function describe(repository: RepositoryName, { registry, rows, clock }: DescribeParts, signal: AbortSignal): Promise<void> {
  const platforms = new Set<string>();
  const artifactTypes = new Set<string>();
  let newest: TagRow | undefined;
  for await (const tag of listTags(repository, registry)) {
    signal.throwIfAborted();
    if (newest === undefined || tag.at >= newest.at) newest = tag;
    const summary = await orGone(registry.images.summarize(repository, tag.digest));
    for (const platform of summary?.platforms ?? []) if (platforms.size < facetsMax) platforms.add(platform);
    if (summary?.artifactType !== undefined && artifactTypes.size < facetsMax) artifactTypes.add(summary.artifactType);
  }
  const said = newest && (await readLabels(repository, newest, registry));
  await rows.recordDescribed({
    repository,
    platforms: [...platforms],
    artifactTypes: [...artifactTypes],
    ...(newest && { updatedAt: newest.at }),
    ...readImageWords(said ?? {}),
    at: clock.now(),
  });
}

async function* listTags(repository: RepositoryName, { tags }: DescribeParts['registry']): AsyncGenerator<TagRow> {
  let after: string | undefined;
  for (let read = 0; read < tagsMax; read += tagsPerPage) {
    const page = (await orGone(tags.listRows(repository, { limit: tagsPerPage, ...(after !== undefined && { after }) }))) ?? [];
    yield* page;
    if (page.length < tagsPerPage) return;
    after = page.at(-1)?.tag;
  }
}

/** An index may say it itself, or else its first image does. */
async function readLabels(repository: RepositoryName, { digest }: TagRow, { images }: DescribeParts['registry']): Promise<Record<string, string>> {
  const image = await orGone(images.get(repository, digest));
  const [member] = image?.manifests ?? [];
  const first = member && (await orGone(images.get(repository, member.digest)));
  return { ...first?.config?.labels, ...first?.annotations, ...image?.config?.labels, ...image?.annotations };
}

/** What is deleted meanwhile is looked at no more: its deletion brings the next job. */
async function orGone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isRegistryError(error, 'NAME_UNKNOWN') || isRegistryError(error, 'MANIFEST_UNKNOWN') || isRegistryError(error, 'MANIFEST_INVALID')) return undefined;
    throw error;
  }
}
