/** What pull and push are given. */
import type { Reference } from '@naru/oci/reference';
import type { ImageStore } from '../layout/open-image-store.ts';
import type { Progress } from '../progress/progress.ts';
import type { RemoteClock } from '../remote/clock.ts';
import { type Connection, withoutMirrors } from '../remote/connection.ts';
import { openRepository, type Repository } from '../remote/repository.ts';

export type Transfer = {
  readonly store: ImageStore;
  readonly repository: Repository;
  readonly connection: Connection;
  readonly progress: Progress;
  readonly clock: RemoteClock;
  /** As people write it: without what the default registry adds. */
  familiar(reference: Reference): string;
  readonly signal?: AbortSignal;
};

/** Docker's number of a part: twelve digits. */
export function shortId(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, 12);
}

export function signalOf({ signal }: { readonly signal?: AbortSignal }): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

export function forPush(transfer: Transfer): Transfer {
  const connection = withoutMirrors(transfer.connection);
  return { ...transfer, connection, repository: openRepository({ path: transfer.repository.name }, connection) };
}
