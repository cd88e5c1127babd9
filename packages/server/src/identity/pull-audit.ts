/**
 * Who pulled what: gathered for a few seconds and written together, one entry for each puller,
 * repository and digest, so that a pull costs no write. A crash loses what was gathered since.
 */
import type { Caller } from '../access/caller.ts';
import { namespaceOf } from '../access/namespace.ts';
import type { AuditEntry, AuditRows } from '../metadata/identity/port.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

export type Pull = { readonly caller: Caller; readonly repository: string; readonly digest: string; readonly tag?: string };

export type PullAudit = AsyncDisposable & { record(pull: Pull): void };

export const gatherMs = 10_000;
/** When more is gathered it is written at once (I6). */
const gatheredMax = 2000;

export type PullAuditParts = {
  readonly rows: Pick<AuditRows, 'append'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly every: (ms: number, work: () => void) => Disposable;
};

export function createPullAudit({ rows, clock, log, every }: PullAuditParts): PullAudit {
  let gathered = new Map<string, AuditEntry & { detail: { pulls: number } }>();
  const timer = every(gatherMs, () => void flush());

  async function flush(): Promise<void> {
    if (gathered.size === 0) return;
    const entries = [...gathered.values()];
    gathered = new Map();
    try {
      await rows.append(entries);
    } catch (error) {
      log.error('pulls could not be noted in the audit', { entries: entries.length, error });
    }
  }

  return {
    record({ caller, repository, digest, tag }) {
      const key = `${caller.name} ${caller.address} ${repository}@${digest} ${tag ?? ''}`;
      const known = gathered.get(key);
      if (known !== undefined) {
        known.detail.pulls++;
        return;
      }
      const { actor, origin } = actorOf(caller);
      const namespace = namespaceOf(repository);
      gathered.set(key, {
        at: clock.now(),
        action: 'manifest.pulled',
        actor,
        ...origin,
        ...(namespace !== '' && { namespace }),
        repository,
        digest,
        ...(tag !== undefined && { tag }),
        detail: { pulls: 1 },
      });
      if (gathered.size >= gatheredMax) void flush();
    },

    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      await flush();
    },
  };
}
