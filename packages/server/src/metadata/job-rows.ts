import type { Insertable, Kysely, Selectable } from 'kysely';
import type { MetadataDatabase, Reader, Writer } from './database.ts';
import { chunks } from './chunks.ts';
import { fixedInsert, fixedQuery } from './fixed-query.ts';
import type { Tables } from './schema.ts';
import { announce } from './commit-signals.ts';
import {
  type Job,
  jobErrorMaxLength,
  type JobOutcome,
  type Lease,
  jobPayloadMaxBytes,
  jobPriorities,
  type JobPriority,
  type JobRows,
  type NewJob,
} from './job-port.ts';

type JobRow = Selectable<Tables['job']>;

export function jobRows({ read, write, writeLazily, prepare }: MetadataDatabase): JobRows {
  const findEarliest = prepare(earliestOfEachPriority(read));
  return {
    async enqueue(jobs, at) {
      if (jobs.length > 0) await write((tx) => enqueueJobs(tx, jobs, at));
    },

    async claim({ kind, limit, lease, leaseUntil, at, except = [] }) {
      return writeLazily(async (tx) => {
        const rows = await listDue(tx, { kind, limit, at, except });
        if (rows.length === 0) return [];
        await tx
          .updateTable('job')
          .set((eb) => ({ state: 'running', unbegun_key: null, due_at: leaseUntil, lease, changed_at: at, attempts: eb('attempts', '+', 1) }))
          .where(
            'id',
            'in',
            rows.map(({ id }) => id),
          )
          .execute();
        return rows.map((row) => jobOf({ ...row, state: 'running', attempts: row.attempts + 1, changed_at: at }));
      });
    },

    async extend({ id, lease }, leaseUntil) {
      return writeLazily(async (tx) => {
        const { numUpdatedRows } = await tx.updateTable('job').set({ due_at: leaseUntil }).where('id', '=', id).where('lease', '=', lease).executeTakeFirst();
        return numUpdatedRows > 0n;
      });
    },

    async settle({ id, lease }, outcome, at) {
      return writeLazily(async (tx) => {
        const [row] = (await findLeased(tx, { id, lease })).rows;
        if (row === undefined) return false;
        await settleJob(tx, row, outcome, at);
        return true;
      });
    },

    async hasLive(kind, ordering) {
      return (await standing(read, { kind, ordering })) === 'behind';
    },

    async followClock(at) {
      return write(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('job')
          .set((eb) => ({
            due_at: eb('due_at', '-', eb.parens('changed_at', '-', at)),
            run_at: eb('run_at', '-', eb.parens('changed_at', '-', at)),
            created_at: eb.case().when('created_at', '>', at).then(at).else(eb.ref('created_at')).end(),
            changed_at: at,
          }))
          .where('changed_at', '>', at)
          .executeTakeFirst();
        return Number(numUpdatedRows);
      });
    },

    async findNextDue(kind) {
      const earliest = await findEarliest(Object.keys(jobPriorities).map(() => kind));
      const times = Object.values(earliest ?? {}).filter((time) => time !== null);
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}

/** In the transaction of the change that the work follows from. */
export async function enqueueJobs(tx: Writer, jobs: readonly NewJob[], at: number): Promise<void> {
  for (const [kind, wishes] of Map.groupBy(jobs, (job) => job.kind)) {
    await insertJobs(tx, await joinUnbegun(tx, kind, merge(wishes, at)), at);
    announce(tx, `job ${kind}`);
  }
}

/** Whoever waits behind the job's ordering is free now, the first of them. */
export async function freeNext(tx: Writer, { kind, ordering }: Pick<JobRow, 'kind' | 'ordering'>): Promise<void> {
  if (ordering === null) return;
  const next = await tx
    .selectFrom('job')
    .select(['id', 'run_at'])
    .where('kind', '=', kind)
    .where('ordering', '=', ordering)
    .where('state', '=', 'behind')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  if (next === undefined) return;
  await tx.updateTable('job').set({ state: 'waiting', due_at: next.run_at }).where('id', '=', next.id).execute();
  announce(tx, `job ${kind}`);
}

/** The state of a job that begins to wait: behind those of its ordering that live. */
export async function standing(tx: Reader, { kind, ordering }: Pick<JobRow, 'kind' | 'ordering'>): Promise<'waiting' | 'behind'> {
  if (ordering === null) return 'waiting';
  const before = await tx
    .selectFrom('job')
    .select('id')
    .where('kind', '=', kind)
    .where('ordering', '=', ordering)
    .where('state', 'in', ['waiting', 'behind', 'running'])
    .limit(1)
    .executeTakeFirst();
  return before === undefined ? 'waiting' : 'behind';
}

/** The job of this kind and key that has not begun. */
export async function findUnbegun(tx: Reader, kind: string, key: string | null): Promise<JobRow | undefined> {
  if (key === null) return undefined;
  return tx.selectFrom('job').selectAll().where('kind', '=', kind).where('unbegun_key', '=', key).executeTakeFirst();
}

const priorityNames = Object.fromEntries(Object.entries(jobPriorities).map(([name, number]) => [number, name])) as Record<number, JobPriority>; // the table read backwards

export function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    payload: JSON.parse(row.payload) as unknown,
    ...(row.unique_key !== null && { key: row.unique_key }),
    ...(row.ordering !== null && { ordering: row.ordering }),
    priority: priorityNames[row.priority] ?? 'normal',
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    runAt: row.run_at,
    changedAt: row.changed_at,
    ...(row.error !== null && { error: row.error }),
  };
}

type Wish = Pick<JobRow, 'kind' | 'ordering' | 'priority' | 'run_at' | 'payload'> & { readonly key: string | null };

/** Those of one key become the first of them, as early and as urgent as any. */
function merge(jobs: readonly NewJob[], at: number): Wish[] {
  const wishes = new Map<string | NewJob, Wish>();
  for (const job of jobs) {
    const { kind, key = null, ordering = null, priority = 'normal', runAt = at } = job;
    const known = wishes.get(key ?? job) ?? { kind, key, ordering, payload: payloadText(job), priority: jobPriorities[priority], run_at: runAt };
    wishes.set(key ?? job, { ...known, priority: Math.min(known.priority, jobPriorities[priority]), run_at: Math.min(known.run_at, runAt) });
  }
  return [...wishes.values()];
}

function payloadText({ kind, payload }: NewJob): string {
  const text = JSON.stringify(payload);
  if (Buffer.byteLength(text) > jobPayloadMaxBytes) throw new Error(`the payload of a ${kind} job is larger than ${jobPayloadMaxBytes} bytes`);
  return text;
}

/** Gives what nobody waits for yet. */
async function joinUnbegun(tx: Writer, kind: string, wishes: readonly Wish[]): Promise<Wish[]> {
  const unbegun = new Map<string | null, Pick<JobRow, 'id' | 'state' | 'priority' | 'run_at'>>();
  for (const keys of chunks(wishes.flatMap(({ key }) => key ?? []))) {
    const rows = await tx
      .selectFrom('job')
      .select(['id', 'state', 'priority', 'run_at', 'unbegun_key'])
      .where('kind', '=', kind)
      .where('unbegun_key', 'in', keys)
      .execute();
    for (const { unbegun_key, ...row } of rows) unbegun.set(unbegun_key, row);
  }
  const unknown: Wish[] = [];
  for (const wish of wishes) {
    const known = unbegun.get(wish.key);
    if (known === undefined) unknown.push(wish);
    else if (wish.run_at < known.run_at || wish.priority < known.priority) await hasten(tx, known, wish);
  }
  return unknown;
}

async function hasten(tx: Writer, known: Pick<JobRow, 'id' | 'state' | 'priority' | 'run_at'>, wish: Wish): Promise<void> {
  const run_at = Math.min(known.run_at, wish.run_at);
  await tx
    .updateTable('job')
    .set({ run_at, priority: Math.min(known.priority, wish.priority), ...(known.state === 'waiting' && { due_at: run_at }) })
    .where('id', '=', known.id)
    .execute();
}

const insertRows = fixedInsert('job');

/** Of one kind. */
async function insertJobs(tx: Writer, wishes: readonly Wish[], at: number): Promise<void> {
  const begun = new Set<string>();
  const rows: Insertable<Tables['job']>[] = [];
  for (const { key, ...wish } of wishes) {
    const state = wish.ordering !== null && begun.has(wish.ordering) ? 'behind' : await standing(tx, wish);
    if (wish.ordering !== null) begun.add(wish.ordering);
    const due_at = state === 'waiting' ? wish.run_at : null;
    rows.push({
      ...wish,
      unique_key: key,
      unbegun_key: key,
      state,
      due_at,
      lease: null,
      attempts: 0,
      created_at: at,
      changed_at: at,
      error: null,
    });
  }
  await insertRows(tx, rows);
}

type Due = { readonly kind: string; readonly limit: number; readonly at: number };

const dueOf = (db: Kysely<Tables>, { kind, limit, at }: Due) =>
  db
    .selectFrom('job')
    .selectAll()
    .where('kind', '=', kind)
    .where('priority', 'in', Object.values(jobPriorities))
    .where('due_at', '<=', at)
    .orderBy('priority')
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit);
const findDue = fixedQuery(dueOf);

/** Nearly always nothing is excepted. */
async function listDue(tx: Writer, { except, ...due }: Due & { readonly except: readonly number[] }): Promise<JobRow[]> {
  return except.length === 0 ? (await findDue(tx, due)).rows : dueOf(tx, due).where('id', 'not in', except).execute();
}

/** The parameter is the kind, once for each priority: each is the first step of a walk through an index. */
function earliestOfEachPriority(read: Reader) {
  return read
    .selectNoFrom(({ selectFrom, lit }) =>
      Object.entries(jobPriorities).map(([name, priority]) =>
        selectFrom('job')
          .select(({ fn }) => fn.min('due_at').as('due_at'))
          .where('kind', '=', '')
          .where('priority', '=', lit(priority))
          .where('due_at', '>=', lit(0))
          .as(name),
      ),
    )
    .compile();
}

const findLeased = fixedQuery((db, { id, lease }: Lease) => db.selectFrom('job').selectAll().where('id', '=', id).where('lease', '=', lease));
const removeRow = fixedQuery((db, { id }: Pick<JobRow, 'id'>) => db.deleteFrom('job').where('id', '=', id));

async function settleJob(tx: Writer, row: JobRow, outcome: JobOutcome, at: number): Promise<void> {
  if (outcome.kind === 'dead') {
    await tx
      .updateTable('job')
      .set({ state: 'dead', due_at: null, lease: null, changed_at: at, error: outcome.error.slice(0, jobErrorMaxLength) })
      .where('id', '=', row.id)
      .execute();
    return freeNext(tx, row);
  }
  // Somebody asked for the same again while it ran: that one does what this one would.
  if (outcome.kind === 'done' || (await findUnbegun(tx, row.kind, row.unique_key)) !== undefined) {
    await removeRow(tx, row);
    return freeNext(tx, row);
  }
  const run_at = outcome.kind === 'again' ? outcome.runAt : at;
  await tx
    .updateTable('job')
    .set({
      state: 'waiting',
      run_at,
      due_at: run_at,
      unbegun_key: row.unique_key,
      lease: null,
      changed_at: at,
      ...(outcome.kind === 'again' ? { error: outcome.error.slice(0, jobErrorMaxLength) } : { attempts: row.attempts - 1 }),
    })
    .where('id', '=', row.id)
    .execute();
  announce(tx, `job ${row.kind}`);
}
