/** What follows from what an agent says: a release runs when every target whose agent is there runs it, and fails with the first that could not. */
import type { Writer } from '../database.ts';
import { recordEvents } from '../event-rows.ts';
import { announce } from '../commit-signals.ts';
import { eventOf } from './deploy-event.ts';
import type { Release, Report } from './port.ts';
import { endRelease, findRelease } from './release-row.ts';

export async function recordReport(tx: Writer, report: Report): Promise<void> {
  const { repository, name, instance, target, release: id, state, message, url, ...change } = report;
  const now = await tx
    .selectFrom('environment_instance')
    .select(['wanted', 'running'])
    .where((eb) => eb.and({ repository, environment: name, name: instance }))
    .executeTakeFirst();
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

  if (state === 'failed') return rollBack(tx, report, release, now.running);
  if (state === 'running' && (await runsEverywhere(tx, report))) await settle(tx, report, release, now.running);
}

async function rollBack(
  tx: Writer,
  { repository, name, instance, message, state: _state, ...report }: Report,
  release: Release,
  running: number | null,
): Promise<void> {
  const change = { at: report.at, actor: report.actor, ...(report.origin && { origin: report.origin }) };
  const why = `${report.target}: ${message ?? 'it could not be started'}`;
  await endRelease(tx, release.id, 'failed', change.at, why);
  await tx
    .updateTable('environment_instance')
    .set({ wanted: running })
    .where((eb) => eb.and({ repository, environment: name, name: instance }))
    .execute();
  await recordEvents(tx, [eventOf('deploy.rolled_back', { repository, name }, { ...release, message: why }, change)]);
}

async function settle(tx: Writer, { repository, name, instance, ...report }: Report, release: Release, previous: number | null): Promise<void> {
  const change = { at: report.at, actor: report.actor, ...(report.origin && { origin: report.origin }) };
  if (previous !== null) await endRelease(tx, previous, 'replaced', change.at);
  await endRelease(tx, release.id, 'running', change.at);
  await tx
    .updateTable('environment_instance')
    .set({ running: release.id })
    .where((eb) => eb.and({ repository, environment: name, name: instance }))
    .execute();
  await recordEvents(tx, [eventOf('deploy.running', { repository, name }, release, change)]);
}

/** On every target whose agent is there: one that is gone holds nobody up, and catches up when it comes back. */
async function runsEverywhere(tx: Writer, { repository, name, instance, release, at }: Report): Promise<boolean> {
  const behind = await tx
    .selectFrom('target')
    .select('name')
    .where('target.repository', '=', repository)
    .where('target.environment', '=', name)
    .where('target.lease_until', '>', at)
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
