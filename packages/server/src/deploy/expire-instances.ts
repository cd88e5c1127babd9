/** Instances with a time to live end when it is over. */
import type { JobKind } from '../jobs/job-kind.ts';
import type { EnvironmentRows } from '../metadata/deploy/port.ts';
import type { Clock } from '../runtime/clock.ts';

const perTurn = 100;

export function expireInstances({ environments, clock }: { environments: EnvironmentRows; clock: Clock }): JobKind {
  return {
    name: 'expire-instances',
    concurrency: 1,
    everyMs: 60_000,
    retry: { attemptsMax: 3, firstMs: 10_000, longestMs: 60_000 },
    async run(_, signal) {
      for (let ended = perTurn; ended === perTurn; signal.throwIfAborted()) {
        const expired = await environments.listExpired(clock.now(), perTurn);
        for (const instance of expired) await environments.endInstance({ ...instance, at: clock.now(), actor: 'expiry' });
        ended = expired.length;
      }
    },
  };
}
