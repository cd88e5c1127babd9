import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase } from '../database.ts';
import { isLeased, type TargetRows, targetsMax } from './port.ts';

export function targetRows({ snapshot, write }: MetadataDatabase): TargetRows {
  return {
    claim: ({ repository, name: environment, target, agent, version, leaseUntil, seenAt }) =>
      write(async (tx) => {
        const targets = await tx
          .selectFrom('target')
          .select(['name', 'agent', 'lease_until'])
          .where((eb) => eb.and({ repository, environment }))
          .execute();
        const known = targets.find(({ name }) => name === target);
        if (known !== undefined && known.agent !== agent && isLeased(known.lease_until, seenAt)) return false;
        if (known === undefined && targets.length >= targetsMax) {
          throw new RegistryError('CONFLICT', { message: `an environment has at most ${targetsMax} targets` });
        }
        const columns = { agent, version, lease_until: leaseUntil, seen_at: seenAt };
        await tx
          .insertInto('target')
          .values({ repository, environment, name: target, ...columns })
          .onConflict((conflict) => conflict.columns(['repository', 'environment', 'name']).doUpdateSet(columns))
          .execute();
        return true;
      }),

    release: ({ repository, name: environment, target, agent }) =>
      write(async (tx) => {
        await tx
          .updateTable('target')
          .set({ lease_until: 0 })
          .where((eb) => eb.and({ repository, environment }))
          .where('name', '=', target)
          .where('agent', '=', agent)
          .execute();
      }),

    list: ({ repository, name: environment }) =>
      snapshot(async (tx) => {
        const targets = await tx
          .selectFrom('target')
          .selectAll()
          .where((eb) => eb.and({ repository, environment }))
          .orderBy('name')
          .execute();
        const reports = await tx
          .selectFrom('target_report')
          .selectAll()
          .where((eb) => eb.and({ repository, environment }))
          .orderBy('target')
          .orderBy('instance')
          .execute();
        return targets.map(({ name, agent, version, lease_until, seen_at }) => ({
          name,
          agent,
          version,
          leaseUntil: lease_until,
          seenAt: seen_at,
          reports: reports
            .filter(({ target }) => target === name)
            .map(({ instance, release, state, message, url, at }) => ({
              instance,
              release,
              state,
              at,
              ...(message !== null && { message }),
              ...(url !== null && { url }),
            })),
        }));
      }),
  };
}
