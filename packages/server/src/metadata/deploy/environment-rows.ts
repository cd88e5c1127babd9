import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { RegistryError } from '@naru/oci/registry-error';
import type { Selectable } from 'kysely';
import type { MetadataDatabase, Reader, Writer } from '../database.ts';
import { requireRepository } from '../held-repository.ts';
import { recordAudit } from '../identity/audit-rows.ts';
import { auditOf } from '../identity/audit-of.ts';
import { namespaceOf } from '../../access/namespace.ts';
import type { Change } from '../port.ts';
import type { Tables } from '../schema.ts';
import { announce } from '../commit-signals.ts';
import { ensureInstance } from './instance-row.ts';
import { endRelease, readReleases } from './release-row.ts';
import { type Demands, type Environment, type EnvironmentKey, type EnvironmentRows, environmentsMax, type Follows, type Instance } from './port.ts';

export function environmentRows({ read, snapshot, write }: MetadataDatabase): EnvironmentRows {
  return {
    put: ({ at, actor, origin, ...environment }) =>
      write(async (tx) => {
        const { repository, name } = environment;
        const known = await tx.selectFrom('environment').select('name').where('repository', '=', repository).execute();
        await requireRepository(tx, repository);
        if (known.length >= environmentsMax && !known.some((one) => one.name === name)) {
          throw new RegistryError('CONFLICT', { message: `a repository has at most ${environmentsMax} environments` });
        }
        const { repository: _repository, name: _name, ...columns } = toRow(environment);
        await tx
          .insertInto('environment')
          .values({ repository, name, ...columns, created_at: at })
          .onConflict((conflict) => conflict.columns(['repository', 'name']).doUpdateSet(columns))
          .execute();
        // An environment of one instance has it from the start, so that its agents have something to ask for.
        if (!environment.perTag) await ensureInstance(tx, { ...environment, instance: '' });
        await recordEnvironment(tx, 'environment.set', environment, { at, actor, ...(origin && { origin }) }, { ...environment });
      }),

    async find({ repository, name }) {
      const row = await read.selectFrom('environment').selectAll().where('repository', '=', repository).where('name', '=', name).executeTakeFirst();
      return row && toEnvironment(row);
    },

    async list(repository) {
      const rows = await read.selectFrom('environment').selectAll().where('repository', '=', repository).orderBy('name').limit(environmentsMax).execute();
      return rows.map(toEnvironment);
    },

    async listOf(namespace, { after, limit }) {
      const [first, end] = [`${namespace}/`, `${namespace}0`] as [RepositoryName, RepositoryName]; // bounds: "0" follows "/"
      const rows = await read
        .selectFrom('environment')
        .selectAll()
        .where('repository', '>=', after?.repository ?? first)
        .where('repository', '<', end)
        .$if(after !== undefined, (query) =>
          query.where((eb) => eb.or([eb('repository', '>', after?.repository ?? first), eb('name', '>', after?.name ?? '')])),
        )
        .orderBy('repository')
        .orderBy('name')
        .limit(limit)
        .execute();
      return rows.map(toEnvironment);
    },

    remove: ({ repository, name, ...change }) =>
      write(async (tx) => {
        const { numDeletedRows } = await tx.deleteFrom('environment').where('repository', '=', repository).where('name', '=', name).executeTakeFirst();
        if (Number(numDeletedRows) === 0) return false;
        for (const table of ['environment_instance', 'release', 'target', 'target_report'] as const) {
          await tx.deleteFrom(table).where('repository', '=', repository).where('environment', '=', name).execute();
        }
        await recordEnvironment(tx, 'environment.delete', { repository, name }, change);
        announce(tx, 'deployments');
        return true;
      }),

    listInstances: (key) => snapshot((tx) => readInstances(tx, key)),

    endInstance: ({ repository, name, instance, ...change }) =>
      write(async (tx) => {
        const found = await tx
          .deleteFrom('environment_instance')
          .where((eb) => eb.and({ repository, environment: name, name: instance }))
          .returning(['wanted', 'running'])
          .executeTakeFirst();
        if (found === undefined) return false;
        // Its addresses lead nowhere from now on.
        await tx
          .deleteFrom('target_report')
          .where((eb) => eb.and({ repository, environment: name, instance }))
          .execute();
        for (const id of new Set([found.wanted, found.running])) if (id !== null) await endRelease(tx, id, 'ended', change.at);
        await recordEnvironment(tx, 'environment.end', { repository, name }, change, { instance });
        announce(tx, 'deployments');
        return true;
      }),

    async listRunning(repository) {
      const found = new Set<Digest>();
      for (const column of ['wanted', 'running'] as const) {
        const rows = await read
          .selectFrom('environment_instance')
          .innerJoin('release', 'release.id', `environment_instance.${column}`)
          .select('release.digest')
          .where('environment_instance.repository', '=', repository)
          .execute();
        for (const { digest } of rows) found.add(digest);
      }
      return [...found];
    },

    async listExpired(at, limit) {
      const rows = await read
        .selectFrom('environment_instance')
        .select(['repository', 'environment as name', 'name as instance'])
        .where('expires_at', '<=', at)
        .orderBy('expires_at')
        .limit(limit)
        .execute();
      return rows;
    },
  };
}

async function readInstances(tx: Reader, { repository, name }: EnvironmentKey): Promise<Instance[]> {
  const rows = await tx
    .selectFrom('environment_instance')
    .selectAll()
    .where((eb) => eb.and({ repository, environment: name }))
    .orderBy('name')
    .execute();
  const releases = await readReleases(
    tx,
    rows.flatMap(({ wanted, running }) => [wanted, running]).filter((id) => id !== null),
  );
  return rows.map(({ name: instance, wanted, running, expires_at }) => {
    const [wantedRelease, runningRelease] = [wanted, running].map((id) => (id === null ? undefined : releases.get(id)));
    return {
      name: instance,
      ...(wantedRelease && { wanted: wantedRelease }),
      ...(runningRelease && { running: runningRelease }),
      ...(expires_at !== null && { expiresAt: expires_at }),
    };
  });
}

async function recordEnvironment(
  tx: Writer,
  action: string,
  { repository, name }: EnvironmentKey,
  change: Change,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const namespace = namespaceOf(repository);
  await recordAudit(tx, [auditOf(change, action, { repository, ...(namespace !== '' && { namespace }), detail: { environment: name, ...detail } })]);
}

function toRow(environment: Omit<Environment, 'createdAt'>) {
  const { repository, name, follows, perTag, ttlMs, after, requires = {}, needsApproval, isPaused, deployers, approvers, agents } = environment;
  return {
    repository,
    name,
    follows: JSON.stringify(follows),
    per_tag: Number(perTag),
    ttl_ms: ttlMs ?? null,
    after: after ?? null,
    requires: JSON.stringify(requires),
    needs_approval: Number(needsApproval),
    is_paused: Number(isPaused),
    deployers: JSON.stringify(deployers),
    approvers: JSON.stringify(approvers),
    agents: JSON.stringify(agents),
  };
}

function toEnvironment(row: Selectable<Tables['environment']>): Environment {
  const requires = JSON.parse(row.requires) as Demands; // `toRow` wrote it
  return {
    repository: row.repository,
    name: row.name,
    // `toRow` wrote these
    follows: JSON.parse(row.follows) as Follows,
    deployers: JSON.parse(row.deployers) as string[],
    approvers: JSON.parse(row.approvers) as string[],
    agents: JSON.parse(row.agents) as string[],
    perTag: row.per_tag !== 0,
    needsApproval: row.needs_approval !== 0,
    isPaused: row.is_paused !== 0,
    createdAt: row.created_at,
    ...(row.ttl_ms !== null && { ttlMs: row.ttl_ms }),
    ...(row.after !== null && { after: row.after }),
    ...(Object.keys(requires).length > 0 && { requires }),
  };
}
