/**
 * Looks whether the people who came from the directory are still there, since tokens and sessions ask
 * for no password. Who is gone is disabled; who comes back is not. A directory that cannot be asked
 * disables nobody: the job fails and is tried again.
 */
import type { JobKind } from '../../jobs/job-kind.ts';
import type { ExternalRows } from '../../metadata/identity/port.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { GroupRule } from '../external/group-roles.ts';
import type { Directory } from './directory.ts';
import { directoryIssuer, personOf } from './directory-sign-in.ts';

export type CheckDirectoryParts = {
  readonly rows: Pick<ExternalRows, 'listByIssuer' | 'sync'>;
  readonly directory: Directory;
  readonly rules: readonly GroupRule[];
  readonly everyMs: number;
  readonly clock: Clock;
};

const pageSize = 100;
const directoryActor = 'naru:directory';

export function checkDirectory({ rows, directory, rules, everyMs, clock }: CheckDirectoryParts): JobKind {
  return {
    name: 'check-directory',
    concurrency: 1,
    everyMs,
    retry: { attemptsMax: 5, firstMs: 30e3, longestMs: 600e3 },
    async run(_, signal) {
      for (let after: string | undefined = ''; after !== undefined;) {
        const people: { userId: string; subject: string }[] = await rows.listByIssuer(directoryIssuer, { after, limit: pageSize });
        for (const { userId, subject } of people) {
          signal.throwIfAborted();
          const entry = await directory.find(subject);
          // It may have taken our right to read away: that is no word about anybody.
          if (entry === undefined && !(await directory.hasPeople())) throw new Error('the directory shows nobody at all: nobody is disabled for that');
          const roles = entry === undefined ? [{ kind: 'gone' } as const] : personOf(entry, rules).roles;
          await rows.sync({ userId, issuer: directoryIssuer, roles, at: clock.now(), actor: directoryActor });
        }
        after = people.length < pageSize ? undefined : people.at(-1)?.userId;
      }
    },
  };
}
