import { RegistryError } from '@naru/oci/registry-error';
import type { MetadataDatabase, Writer } from '../database.ts';
import { recordEvents } from '../event-rows.ts';
import { announce } from '../commit-signals.ts';
import { holdsManifest } from '../manifest-content.ts';
import { eventOf } from './deploy-event.ts';
import { ensureInstance, findInstance, type InstanceKey, setInstance } from './instance-row.ts';
import { type EnvironmentKey, instancesMax, keptReleases, type NewRelease, type Release, releasesMax, type ReleaseRows } from './port.ts';
import { endRelease, findRelease, isLive, toRelease } from './release-row.ts';
import { recordReport } from './report.ts';

export function releaseRows({ read, write }: MetadataDatabase): ReleaseRows {
  return {
    request: (release) => write((tx) => request(tx, release)),

    decide: ({ repository, name, id, approved, message, ...change }) =>
      write(async (tx) => {
        const release = await findRelease(tx, id);
        const key = { repository, name };
        if (release === undefined || !(await belongsTo(tx, key, id))) throw new RegistryError('NOT_FOUND', { message: `there is no release ${id} here` });
        if (release.state !== 'awaiting') {
          throw new RegistryError('CONFLICT', { message: `release ${id} does not await approval: it is ${release.state}`, detail: { state: release.state } });
        }
        await tx.updateTable('release').set({ decided_by: change.actor }).where('id', '=', id).execute();
        await endRelease(tx, id, approved ? 'pending' : 'rejected', change.at, message);
        if (approved) await setInstance(tx, { ...key, instance: release.instance }, { wanted: id });
        await recordEvents(tx, [eventOf(approved ? 'deploy.approved' : 'deploy.rejected', key, { ...release, ...(message && { message }) }, change)]);
        announce(tx, 'deployments');
      }),

    restate: ({ repository, name, id, message }) =>
      write(async (tx) => {
        await tx
          .updateTable('release')
          .set({ message })
          .where('id', '=', id)
          .where((eb) => eb.and({ repository, environment: name, state: 'refused' }))
          .execute();
      }),

    async find({ repository, name }, id) {
      const row = await read
        .selectFrom('release')
        .selectAll()
        .where('id', '=', id)
        .where((eb) => eb.and({ repository, environment: name }))
        .executeTakeFirst();
      return row && toRelease(row);
    },

    async list({ repository, name }, { before = Number.MAX_SAFE_INTEGER, limit }) {
      const rows = await read
        .selectFrom('release')
        .selectAll()
        .where((eb) => eb.and({ repository, environment: name }))
        .where('id', '<', before)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toRelease);
    },

    async hasRun({ repository, name }, digest) {
      const row = await read
        .selectFrom('release')
        .select('id')
        .where('repository', '=', repository)
        .where('digest', '=', digest)
        .where('environment', '=', name)
        .where('state', 'in', ['running', 'replaced', 'ended'])
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },

    async findBefore({ repository, name, instance }, id) {
      const row = await read
        .selectFrom('release')
        .selectAll()
        .where((eb) => eb.and({ repository, environment: name, instance }))
        .where('state', '=', 'replaced')
        .where('id', '<', id)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && toRelease(row);
    },

    report: (report) => write((tx) => recordReport(tx, report)),
  };
}

async function request(tx: Writer, release: NewRelease): Promise<Release | undefined> {
  const { repository, name, instance, digest, tag, cause, source, state, message, event, expiresAt, ...change } = release;
  if (event !== undefined) {
    const caused = await tx
      .selectFrom('release')
      .select('id')
      .where((eb) => eb.and({ repository, environment: name, instance }))
      .where('event', '=', event)
      .executeTakeFirst();
    if (caused !== undefined) return undefined;
  }
  if (!(await holdsManifest(tx, repository, digest))) throw new RegistryError('MANIFEST_UNKNOWN', { detail: { digest } });

  const key = { repository, name, instance };
  const now = await findInstance(tx, key);
  if (now === undefined) await addInstance(tx, key);
  if (cause === 'push' && now?.wanted && (await findRelease(tx, now.wanted))?.digest === digest) {
    if (expiresAt !== undefined) await setInstance(tx, key, { expires_at: expiresAt });
    return undefined;
  }
  if (state !== 'refused') await supersede(tx, key, change.at);
  const inserted = await tx
    .insertInto('release')
    .values({
      repository,
      environment: name,
      instance,
      digest,
      tag: tag ?? null,
      cause,
      source: source ?? null,
      event: event ?? null,
      state,
      is_kept: Number(isLive(state)),
      message: message ?? null,
      requested_at: change.at,
      requested_by: change.actor,
      decided_by: null,
      changed_at: change.at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const made = toRelease(inserted);
  if (state === 'pending') await setInstance(tx, key, { wanted: made.id });
  if (expiresAt !== undefined) await setInstance(tx, key, { expires_at: expiresAt });
  await forgetOld(tx, key);
  const kind = { awaiting: 'deploy.awaiting', pending: 'deploy.requested', refused: 'deploy.refused' } as const;
  await recordEvents(tx, [eventOf(kind[state], key, made, change)]);
  announce(tx, 'deployments');
  return made;
}

async function addInstance(tx: Writer, key: InstanceKey): Promise<void> {
  const { count } = await tx
    .selectFrom('environment_instance')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('repository', '=', key.repository)
    .where('environment', '=', key.name)
    .executeTakeFirstOrThrow();
  if (Number(count) >= instancesMax) throw new RegistryError('CONFLICT', { message: `an environment has at most ${instancesMax} instances` });
  await ensureInstance(tx, key);
}

/** A newer wish takes the place of those that were not fulfilled yet. */
async function supersede(tx: Writer, { repository, name, instance }: InstanceKey, at: number): Promise<void> {
  await tx
    .updateTable('release')
    .set({ state: 'superseded', changed_at: at, is_kept: 0 })
    .where((eb) => eb.and({ repository, environment: name, instance }))
    .where('state', 'in', ['awaiting', 'pending'])
    .execute();
}

async function belongsTo(tx: Writer, { repository, name }: EnvironmentKey, id: number): Promise<boolean> {
  const row = await tx
    .selectFrom('release')
    .select('id')
    .where('id', '=', id)
    .where((eb) => eb.and({ repository, environment: name }))
    .executeTakeFirst();
  return row !== undefined;
}

/** What ran before stays reachable for a few steps back; the rest of the history is bounded too (I6). */
async function forgetOld(tx: Writer, { repository, name: environment, instance }: InstanceKey): Promise<void> {
  const history = tx
    .selectFrom('release')
    .select('id')
    .where((eb) => eb.and({ repository, environment, instance }))
    .orderBy('id', 'desc')
    .limit(1);
  const unreachable = await history.where('state', '=', 'replaced').offset(keptReleases).executeTakeFirst();
  if (unreachable !== undefined) {
    await tx
      .updateTable('release')
      .set({ is_kept: 0 })
      .where((eb) => eb.and({ repository, environment, instance, state: 'replaced' as const }))
      .where('id', '<=', unreachable.id)
      .execute();
  }
  const old = await history.offset(releasesMax).executeTakeFirst();
  if (old === undefined) return;
  await tx
    .deleteFrom('release')
    .where((eb) => eb.and({ repository, environment, instance }))
    .where('id', '<=', old.id)
    .where('state', 'not in', ['awaiting', 'pending', 'running'])
    .execute();
}
