/** Work in the background, for whoever runs the server: what waits, what runs, and what has used up its tries. What a job is about stays inside: it may hold addresses and secrets. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import type { Job } from '../metadata/job-port.ts';
import { type ApiCall, type ApiRoute, route } from './route.ts';
import { listOf, page, time, toList } from './schemas.ts';

const states = ['waiting', 'behind', 'running', 'dead'] as const;
const job = z.object({
  id: z.number().int(),
  kind: z.string(),
  state: z.enum(states),
  attempts: z.number().int(),
  createdAt: time,
  /** When it may run (again). */
  runAt: time,
  changedAt: time,
  /** Why its last try failed. */
  error: z.string().optional(),
});

export const jobRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listJobs',
    method: 'GET',
    path: '/jobs',
    summary: 'List the jobs of the server in a state, by kind: `behind` wait for one before them, `dead` have used up their tries',
    access: 'administrator',
    query: page.extend({ state: z.enum(states).default('dead') }),
    response: listOf(job),
    async handle({ query: { state, after, limit }, parts: { rows } }) {
      const found = await rows.jobInspection.list({ state, limit, ...(after !== undefined && { after: parseKey(after) }) });
      return { value: toList(found.map(toJob), limit, ({ kind, id }) => `${id} ${kind}`) };
    },
  }),
  route({
    operation: 'retryJob',
    method: 'POST',
    path: '/jobs/{job}/retry',
    summary: 'Let a dead job wait again, with all its tries',
    access: 'administrator',
    async handle({ params, parts: { rows, clock } }) {
      if (!(await rows.jobInspection.retry(idIn(params), clock.now()))) throw new RegistryError('NOT_FOUND', { message: 'no dead job has this number' });
      return {};
    },
  }),
  route({
    operation: 'deleteJob',
    method: 'DELETE',
    path: '/jobs/{job}',
    summary: 'Give up a job that is not running',
    access: 'administrator',
    async handle({ params, parts: { rows } }) {
      if (!(await rows.jobInspection.remove(idIn(params)))) throw new RegistryError('NOT_FOUND', { message: 'no job that could go has this number' });
      return {};
    },
  }),
];

function toJob({ id, kind, state, attempts, createdAt, runAt, changedAt, error }: Job): z.input<typeof job> {
  return { id, kind, state, attempts, createdAt, runAt, changedAt, ...(error !== undefined && { error }) };
}

function parseKey(text: string): Pick<Job, 'kind' | 'id'> {
  const [, id, kind] = /^(\d{1,15}) (.{1,100})$/.exec(text) ?? [];
  if (id === undefined || kind === undefined)
    throw new RegistryError('REQUEST_INVALID', { message: 'after is not what a page gave as next', detail: { field: 'after' } });
  return { id: Number(id), kind };
}

function idIn(params: ApiCall['params']): number {
  const text = params['job'] ?? '';
  if (!/^\d{1,15}$/.test(text)) throw new RegistryError('NOT_FOUND', { message: 'no such job' });
  return Number(text);
}
