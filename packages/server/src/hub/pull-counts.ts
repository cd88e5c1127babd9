/**
 * How often what was pulled: counted in memory and written together every few seconds, so that a pull
 * costs no write. `kill -9` loses what was gathered since, ten seconds at most; a stop does not.
 *
 * One pull is one count, however many requests it takes:
 *
 *     HEAD manifests/1.0            docker and containerd look first where the tag points,
 *     GET  manifests/<digest>       and then ask for that: counted, for the tag
 *     GET  manifests/<digest>       the image for one platform out of that index: not again
 *
 * So what each puller asked of a repository is remembered until the next but one writing.
 */
import type { Digest } from '@naru/oci/digest';
import { isIndexMediaType } from '@naru/oci/media-type';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import type { GatheredPulls, PullRows } from '../metadata/hub-port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

export type ServedManifest = {
  readonly caller: Pick<Caller, 'name' | 'address'>;
  readonly method: string;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Absent: it was asked for by digest. */
  readonly tag?: Tag;
};

export type PullCounts = AsyncDisposable & {
  record(served: ServedManifest): void;
  flush(): Promise<void>;
};

export type PullCountsParts = {
  readonly rows: Pick<PullRows, 'add'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly every: (ms: number, work: () => void) => Disposable;
};

export const gatherMs = 10_000;
/** When more is gathered it is written at once (I6). */
const gatheredMax = 2000;
/** Pullers that are remembered; tags that each has looked at. */
const pullersMax = 20_000;
const tagsMax = 16;

/** What a puller has asked of a repository: where tags point, and whether an index was counted. */
type Puller = { readonly tags: Map<Digest, Tag>; hasIndex: boolean };

export function createPullCounts({ rows, clock, log, every }: PullCountsParts): PullCounts {
  let gathered = new Map<string, { -readonly [Key in keyof GatheredPulls]: GatheredPulls[Key] }>();
  let pullers = new Map<string, Puller>();
  let pullersBefore = new Map<string, Puller>();
  let writing = Promise.resolve();
  const timer = every(gatherMs, () => void flush());

  function pullerOf({ caller, repository }: ServedManifest): Puller {
    const key = `${caller.name} ${caller.address} ${repository}`;
    const known = pullers.get(key) ?? pullersBefore.get(key) ?? { tags: new Map<Digest, Tag>(), hasIndex: false };
    if (pullers.size >= pullersMax) forgetPullers();
    pullers.set(key, known);
    return known;
  }

  function forgetPullers(): void {
    pullersBefore = pullers;
    pullers = new Map();
  }

  function count(repository: RepositoryName, tag: Tag | undefined): void {
    const key = `${repository}:${tag ?? ''}`;
    const known = gathered.get(key);
    if (known) {
      known.pulls++;
      known.at = clock.now();
      return;
    }
    gathered.set(key, { repository, pulls: 1, at: clock.now(), ...(tag !== undefined && { tag }) });
    if (gathered.size >= gatheredMax) void flush();
  }

  function flush(): Promise<void> {
    forgetPullers();
    writing = writing.then(write);
    return writing;
  }

  async function write(): Promise<void> {
    if (gathered.size === 0) return;
    const pulls = [...gathered.values()];
    gathered = new Map();
    try {
      await rows.add(pulls);
    } catch (error) {
      log.error('pulls could not be counted', { entries: pulls.length, error });
    }
  }

  return {
    record(served) {
      const { method, repository, digest, tag } = served;
      const puller = pullerOf(served);
      if (method === 'HEAD') {
        if (tag !== undefined && puller.tags.size < tagsMax) puller.tags.set(digest, tag);
        return;
      }
      const isIndex = isIndexMediaType(served.mediaType);
      const meant = tag ?? puller.tags.get(digest);
      if (meant === undefined && puller.hasIndex && !isIndex) return;
      puller.tags.delete(digest);
      puller.hasIndex ||= isIndex;
      count(repository, meant);
    },

    flush,

    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      await flush();
    },
  };
}
