import { RegistryError } from '@naru/oci/registry-error';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { Selectable } from 'kysely';
import { namespaceOf } from '../access/namespace.ts';
import type { MetadataDatabase, Writer } from './database.ts';
import type { Badge, BadgeRequest, BadgeRows, BadgeState, BadgeTelling } from './hub-port.ts';
import { recordEvents } from './event-rows.ts';
import { auditOf } from './identity/audit-of.ts';
import { recordAudit } from './identity/audit-rows.ts';
import { enqueueJobs } from './job-rows.ts';
import type { Change } from './port.ts';
import { requireReviews } from './reviews/staging.ts';
import type { Tables } from './schema.ts';
import { placeByRank } from './search-rank.ts';

/** From which state each decision may come. */
const before: Readonly<Record<Exclude<BadgeState, 'applied'>, BadgeState>> = { granted: 'applied', declined: 'applied', revoked: 'granted' };

export function badgeRows({ read, write }: MetadataDatabase): BadgeRows {
  return {
    apply: ({ id, badge, subject, note, ...change }) =>
      write(async (tx) => {
        const open = await tx
          .selectFrom('badge_request')
          .select('state')
          .where('badge', '=', badge)
          .where('subject', '=', subject)
          .where('state', 'in', ['applied', 'granted'])
          .executeTakeFirst();
        if (open !== undefined) throw new RegistryError('CONFLICT', { message: `this is ${open.state} already` });
        const { at, actor } = change;
        const row: Row = {
          id,
          badge,
          subject,
          note,
          state: 'applied',
          applied_at: at,
          applied_by: actor,
          reason: '',
          decided_at: null,
          decided_by: null,
          doubted_at: null,
          doubt: '',
        };
        await tx.insertInto('badge_request').values(row).execute();
        await audit(tx, change, { badge, subject, state: 'applied' });
        return toRequest(row);
      }),

    decide: ({ id, state, reason, toJob, ...change }) =>
      write(async (tx) => {
        const row = await tx.selectFrom('badge_request').selectAll().where('id', '=', id).executeTakeFirst();
        if (row?.state !== before[state]) {
          throw new RegistryError('CONFLICT', { message: row === undefined ? 'there is no such request' : `the request is ${row.state}` });
        }
        const decided = await settle(tx, row, { state, reason }, change);
        if (toJob) await enqueueJobs(tx, [toJob(decided)], change.at);
        return decided;
      }),

    doubt: ({ id, doubt = '', jobs, ...change }) =>
      write(async (tx) => {
        const row = await tx.selectFrom('badge_request').selectAll().where('id', '=', id).executeTakeFirst();
        if (row?.state !== 'granted') return;
        const doubted_at = doubt === '' ? null : (row.doubted_at ?? change.at);
        await tx.updateTable('badge_request').set({ doubt, doubted_at }).where('id', '=', id).execute();
        if ((row.doubt === '') === (doubt === '')) return;
        const told = { ...row, state: doubt === '' ? ('confirmed' as const) : ('doubted' as const), reason: doubt };
        await audit(tx, change, told);
        await tell(tx, change, told);
        await enqueueJobs(tx, jobs, change.at);
      }),

    async list({ state, after = '', limit }) {
      const rows = await read.selectFrom('badge_request').selectAll().where('state', '=', state).where('id', '>', after).orderBy('id').limit(limit).execute();
      return rows.map(toRequest);
    },

    async listOf({ badge, subject, after = '', limit }) {
      const rows = await read
        .selectFrom('badge_request')
        .selectAll()
        .where('badge', '=', badge)
        .where('subject', '=', subject)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(toRequest);
    },
  };
}

type Ending = Change & { readonly toBadgeJob?: BadgeTelling };

/** Within its namespace the badge goes along to the new name; elsewhere it was not given. */
export async function moveBadge(tx: Writer, from: RepositoryName, to: RepositoryName, { toBadgeJob, ...change }: Ending): Promise<void> {
  await tx.updateTable('badge_request').set({ subject: to }).where('badge', '=', 'official').where('subject', '=', from).execute();
  if (namespaceOf(from) === namespaceOf(to)) return;
  const granted = await tx
    .selectFrom('badge_request')
    .selectAll()
    .where('badge', '=', 'official')
    .where('subject', '=', to)
    .where('state', '=', 'granted')
    .executeTakeFirst();
  if (granted === undefined) return;
  const ended = await settle(tx, granted, { state: 'revoked', reason: `transferred from ${from}` }, change);
  if (toBadgeJob) await enqueueJobs(tx, [toBadgeJob(ended, namespaceOf(from))], change.at);
}

/** Of a repository that is no more: one of the same name applies anew. */
export async function endBadges(tx: Writer, repository: RepositoryName, { toBadgeJob, ...change }: Ending): Promise<void> {
  const rows = await tx
    .selectFrom('badge_request')
    .selectAll()
    .where('badge', '=', 'official')
    .where('subject', '=', repository)
    .where('state', 'in', ['applied', 'granted'])
    .execute();
  for (const row of rows) {
    const ended = await settle(tx, row, { state: row.state === 'granted' ? 'revoked' : 'declined', reason: 'the repository was deleted' }, change);
    if (toBadgeJob) await enqueueJobs(tx, [toBadgeJob(ended)], change.at);
  }
}

type Row = Selectable<Tables['badge_request']>;

async function settle(tx: Writer, row: Row, { state, reason }: Pick<Row, 'state' | 'reason'>, change: Change): Promise<BadgeRequest> {
  await tx
    .updateTable('badge_request')
    .set({ state, reason, decided_at: change.at, decided_by: change.actor, doubted_at: null, doubt: '' })
    .where('id', '=', row.id)
    .execute();
  if (state !== 'declined') await show(tx, row, state === 'granted' ? 1 : 0, change);
  await audit(tx, change, { ...row, state, reason });
  if (state === 'revoked') await tell(tx, change, { ...row, state, reason });
  return toRequest({ ...row, state, reason, decided_at: change.at, decided_by: change.actor, doubted_at: null, doubt: '' });
}

async function show(tx: Writer, { badge, subject }: Pick<Row, 'badge' | 'subject'>, shown: 0 | 1, change: Change): Promise<void> {
  if (badge === 'official') {
    const name = subject as RepositoryName; // `apply` was given one
    const changed = await tx.updateTable('repository').set({ official: shown }).where('name', '=', name).executeTakeFirst();
    if (changed.numUpdatedRows > 0n) await placeByRank(tx, name);
    if (shown === 1) await requireReviews(tx, name, change);
    return;
  }
  await tx.updateTable('account').set({ verified: shown }).where('name', '=', subject).execute();
  await tx.updateTable('repository').set({ verified: shown }).where('namespace', '=', subject).execute();
  for (const { name } of await tx.selectFrom('repository').select('name').where('namespace', '=', subject).execute()) await placeByRank(tx, name);
}

/** Events are of a repository: of a publisher's, the first of theirs is named. */
async function tell(
  tx: Writer,
  change: Change,
  { badge, subject, state, reason }: Pick<Row, 'badge' | 'subject' | 'reason'> & { state: 'doubted' | 'confirmed' | 'revoked' },
): Promise<void> {
  let held = tx.selectFrom('repository').select('name').orderBy('name').limit(1);
  held = badge === 'official' ? held.where('name', '=', subject as RepositoryName) : held.where('namespace', '=', subject); // `apply` was given one
  const repository = await held.executeTakeFirst();
  if (repository === undefined) return;
  const message = reason === '' ? badge : `${badge}: ${reason}`;
  await recordEvents(tx, [{ kind: `badge.${state}`, repository: repository.name, message, ...change }]);
}

async function audit(
  tx: Writer,
  change: Change,
  { badge, subject, state, reason }: { badge: Badge; subject: string; state: BadgeState | 'doubted' | 'confirmed'; reason?: string },
): Promise<void> {
  const where = badge === 'official' ? { namespace: namespaceOf(subject), repository: subject } : { namespace: subject };
  await recordAudit(tx, [auditOf(change, `badge.${state}`, { ...where, detail: { badge, ...(reason !== undefined && { reason }) } })]);
}

function toRequest({ applied_at, applied_by, decided_at, decided_by, doubted_at, doubt, ...row }: Row): BadgeRequest {
  return {
    ...row,
    appliedAt: applied_at,
    appliedBy: applied_by,
    ...(decided_at !== null && { decidedAt: decided_at }),
    ...(decided_by !== null && { decidedBy: decided_by }),
    ...(doubted_at !== null && { doubtedAt: doubted_at, doubt }),
  };
}
