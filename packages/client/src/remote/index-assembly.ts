/**
 * Adding to an index that others add to, too. The index is read, changed and put back on the condition
 * that nobody changed it meanwhile (`If-Match`); when somebody did (412), everything starts over from
 * what they wrote. What the index holds beside its entries is kept.
 */
import type { Descriptor } from '@naru/oci/descriptor';
import type { Digest } from '@naru/oci/digest';
import { isIndexMediaType, mediaTypes } from '@naru/oci/media-type';
import { formatPlatform, type Platform } from '@naru/oci/platform';
import type { RemoteClock } from './clock.ts';
import { readManifest } from './manifests.ts';
import { isRemoteError, RemoteError } from './remote-error.ts';
import type { RemoteManifest, Repository, WithSignal } from './repository.ts';
import { retryDelayMs, type RetryPolicy } from './retry.ts';

export type IndexEntry = Omit<Descriptor, 'platform'> & { readonly platform?: Platform };

export type AddToIndexOptions = WithSignal & {
  readonly repository: Repository;
  readonly tag: string;
  /** An entry takes the place of one with the same platform, or with the same digest. */
  readonly entries: readonly IndexEntry[];
  /** Only if the tag still is this; `none`: only if there is no such tag. Then nobody else's change is taken over. */
  readonly ifMatch?: Digest | 'none';
  readonly retry: RetryPolicy;
  readonly clock: RemoteClock;
};

/** Others may be faster that often. */
const roundsMax = 20;

export async function addToIndex(options: AddToIndexOptions): Promise<{ readonly digest: Digest; readonly entries: readonly IndexEntry[] }> {
  const { repository, tag, retry, clock, signal } = options;
  const withSignal = signal === undefined ? {} : { signal };
  for (let round = 1; ; round++) {
    const current = await findIndex(repository, tag, withSignal);
    if (options.ifMatch !== undefined && (current?.digest ?? 'none') !== options.ifMatch) {
      throw new RemoteError('precondition', `${tag} is ${current?.digest ?? 'not there'}, and not ${options.ifMatch}`);
    }
    const { bytes, mediaType, entries } = changedIndex(current, options.entries, tag);
    try {
      const condition = current === undefined ? { ifAbsent: true } : { ifMatch: current.digest };
      const { digest } = await repository.putManifest(tag, { bytes, mediaType }, { ...condition, ...withSignal });
      return { digest, entries };
    } catch (error) {
      if (!isRemoteError(error, 'precondition') || round >= roundsMax) throw error;
      await clock.sleep(retryDelayMs({ ...retry, maxDelayMs: 2000 }, Math.min(round, 4), clock.random()), signal);
    }
  }
}

async function findIndex(repository: Repository, tag: string, options: WithSignal): Promise<RemoteManifest | undefined> {
  try {
    return await repository.getManifest(tag, options);
  } catch (error) {
    if (isRemoteError(error, 'not-found')) return undefined;
    throw error;
  }
}

function changedIndex(
  current: RemoteManifest | undefined,
  added: readonly IndexEntry[],
  tag: string,
): { bytes: Uint8Array<ArrayBuffer>; mediaType: string; entries: IndexEntry[] } {
  const parsed = current === undefined ? undefined : readManifest(current);
  if (parsed !== undefined && !isIndexMediaType(parsed.mediaType)) {
    throw new RemoteError('refused', `${tag} is an image, not an index`, { remedy: { kind: 'choose-another-tag' } });
  }
  const mediaType = parsed?.mediaType ?? mediaTypes.ociIndex;
  const kept = (parsed?.manifests ?? []).filter((entry) => !added.some((fresh) => isSamePlace(fresh, entry)));
  const entries = [...kept, ...added];
  const document = current === undefined ? { schemaVersion: 2, mediaType } : (JSON.parse(new TextDecoder().decode(current.bytes)) as object); // readManifest has read it as an index
  return { bytes: new TextEncoder().encode(JSON.stringify({ ...document, manifests: entries })), mediaType, entries };
}

function isSamePlace(one: IndexEntry, other: IndexEntry): boolean {
  if (one.digest === other.digest) return true;
  return one.platform !== undefined && other.platform !== undefined && formatPlatform(one.platform) === formatPlatform(other.platform);
}
