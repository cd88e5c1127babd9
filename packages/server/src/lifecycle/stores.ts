/** What collection, scrub and fsck work on: both ports, and the locks that they share with the rules. */
import type { BlobInventory, BlobStore } from '../blobstore/port.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { DigestLocks } from '../registry/digest-locks.ts';
import type { Clock } from '../runtime/clock.ts';
import type { UploadId } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { Turn } from './turn.ts';

export type Stores = {
  readonly bytes: BlobStore & BlobInventory;
  readonly rows: MetadataStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly digestLocks: DigestLocks;
  readonly onRot: () => void;
  readonly uploadLocks: { isBusy(id: UploadId): boolean };
  /** Taken by each collection: the scheduled one and one that an operator asks for do not run at once. */
  readonly collecting: Turn;
};

/** Who acts, in events and histories. */
export const collectorActor = 'naru:collection';
