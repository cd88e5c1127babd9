/** Who pulled what: one entry for each puller, repository and digest in some seconds, so that a pull costs no write. `kill -9` loses a second. */
import type { Caller } from '../../access/caller.ts';
import { namespaceOf } from '../../access/namespace.ts';
import type { AuditRows } from '../../metadata/identity/port.ts';
import { actorOf } from '../../registry/actor-of.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { gatherEntries } from './gathered-entries.ts';

export type Pull = { readonly caller: Caller; readonly repository: string; readonly digest: string; readonly tag?: string };

export type PullAudit = AsyncDisposable & { record(pull: Pull): void; flush(): Promise<void> };

export const gatherMs = 10_000;

export type PullAuditParts = {
  readonly rows: Pick<AuditRows, 'keep' | 'appendGathered'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly every: (ms: number, work: () => void) => Disposable;
};

export function createPullAudit({ rows, clock, log, every }: PullAuditParts): PullAudit {
  const gathered = gatherEntries({ rows, log, counted: 'pulls', keepsNewAtOnce: false, every });
  const timer = every(gatherMs, () => void gathered.flush());

  return {
    record({ caller, repository, digest, tag }) {
      const key = `${caller.name} ${caller.address} ${repository}@${digest} ${tag ?? ''}`;
      if (gathered.countAgain(key)) return;
      const { actor, origin } = actorOf(caller);
      const namespace = namespaceOf(repository);
      gathered.add(key, {
        at: clock.now(),
        action: 'manifest.pulled',
        actor,
        ...origin,
        ...(namespace !== '' && { namespace }),
        repository,
        digest,
        ...(tag !== undefined && { tag }),
      });
    },

    flush: () => gathered.flush(),

    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      gathered[Symbol.dispose]();
      await gathered.flush();
    },
  };
}
