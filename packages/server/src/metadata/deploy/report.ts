/** What follows from what an agent says: a release runs when every target whose agent is there runs it, and fails with the first that could not. */
import type { Writer } from '../database.ts';
import { recordEvents } from '../event-rows.ts';
import { announce } from '../commit-signals.ts';
import { eventOf } from './deploy-event.ts';
import { findInstance, setInstance } from './instance-row.ts';
import { leaseMaxMs, type Report } from './port.ts';
import { endRelease, findRelease } from './release-row.ts';

export async function recordReport(tx: Writer, report: Report): Promise<void> {
  const { repository, name, instance, target, release: id, state, message, url, ...change } = report;
  const now = await findInstance(tx, report);
  // Of an instance that is over, or a release that nobody wants any more: too late.
  if (now === undefined || now.wanted !== id) return;

  const said = { release: id, state, message: message ?? null, url: url ?? null, at: change.at };
  await tx
    .insertInto('target_report')
    .values({ repository, environment: name, target, instance, ...said })
    .onConflict((conflict) => conflict.columns(['repository', 'environment', 'target', 'instance']).doUpdateSet(said))
    .execute();
  announce(tx, 'deployments');
  const release = await findRelease(tx, id);
  if (release?.state !== 'pending') return;

  if (state === 'failed') {
    const why = `${target}: ${message ?? 'it could not be started'}`;
    await endRelease(tx, id, 'failed', change.at, why);
    await setInstance(tx, report, { wanted: now.running });
    await recordEvents(tx, [eventOf('deploy.rolled_back', report, { ...release, message: why }, change)]);
  } else if (state === 'running' && (await runsEverywhere(tx, report))) {
    if (now.running !== null) await endRelease(tx, now.running, 'replaced', change.at);
    await endRelease(tx, id, 'running', change.at);
    await setInstance(tx, report, { running: id });
    await recordEvents(tx, [eventOf('deploy.running', report, release, change)]);
  }
}

/** On every target whose agent is there: one that is gone holds nobody up, and catches up when it comes back. */
async function runsEverywhere(tx: Writer, { repository, name, instance, release, at }: Report): Promise<boolean> {
  const behind = await tx
    .selectFrom('target')
    .select('name')
    .where('target.repository', '=', repository)
    .where('target.environment', '=', name)
    .where('target.lease_until', '>', at)
    .where('target.lease_until', '<=', at + leaseMaxMs)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('target_report as said')
            .select('said.target')
            .where('said.repository', '=', repository)
            .where('said.environment', '=', name)
            .whereRef('said.target', '=', 'target.name')
            .where('said.instance', '=', instance)
            .where('said.release', '=', release)
            .where('said.state', '=', 'running'),
        ),
      ),
    )
    .limit(1)
    .executeTakeFirst();
  return behind === undefined;
}
