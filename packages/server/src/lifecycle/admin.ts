/** What an operator asks for by hand, of a running server or of a command that has opened the stores itself. */
import type { AdminReport, AdminRequest, CollectionWish, GcReport } from './admin-request.ts';
import { collectGarbage } from './collect.ts';
import { estimateCollection } from './estimate.ts';
import { fsck } from './fsck/fsck.ts';
import { scrub } from './scrub.ts';
import type { Stores } from './stores.ts';

/** The collection settings of the configuration. */
export type AdminOptions = {
  readonly graceMs: number;
  readonly untaggedAfterMs: number | undefined;
  readonly trashForMs: number;
  readonly uploadExpiryMs: number;
  readonly signal?: AbortSignal | undefined;
};

/** Throws as `collectGarbage` does. */
export function collectOnce(stores: Stores, { dryRun, untagged }: CollectionWish, options: AdminOptions): Promise<GcReport> {
  const asked = { ...options, untaggedAfterMs: untagged ? options.graceMs : options.untaggedAfterMs };
  return dryRun ? estimateCollection(stores, asked) : collectGarbage(stores, asked);
}

/** Throws the signal's reason, and what the stores throw. */
export async function runAdminRequest(stores: Stores, request: AdminRequest, options: AdminOptions): Promise<AdminReport> {
  switch (request.verb) {
    case 'gc':
      return collectOnce(stores, request, options);
    case 'fsck':
      return fsck(stores, { ...options, repair: request.repair });
    case 'scrub':
      return scrub(stores, { checkedBefore: stores.clock.now(), signal: options.signal });
  }
}
