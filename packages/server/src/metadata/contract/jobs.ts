import { expect } from 'bun:test';
import type { Job, NewJob } from '../job-port.ts';
import { jobErrorMaxLength, jobPayloadMaxBytes } from '../job-port.ts';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, digestOf, repository, storageKeyOf, thrownBy } from './content.ts';

const kind = 'scan';

/** Takes what is due and gives the names of it. */
async function claim(store: MetadataStore, at: number, { limit = 10, lease = 'one', of = kind } = {}): Promise<unknown[]> {
  return (await store.jobs.claim({ kind: of, limit, lease, leaseUntil: at + 100, at })).map(({ payload }) => payload);
}

function enqueue(store: MetadataStore, payload: unknown, options: Partial<NewJob> = {}, at = 1): Promise<void> {
  return store.jobs.enqueue([{ kind, payload, ...options }], at);
}

async function only(store: MetadataStore, state: Job['state']): Promise<Job> {
  const jobs = await store.jobInspection.list({ state, limit: 10 });
  expect(jobs).toHaveLength(1);
  return jobs[0] as Job; // there is one
}

export function jobContract(it: Contract): void {
  it('takes what is due: by priority, then the longest due', async (store) => {
    await enqueue(store, 'later', { runAt: 50 });
    await enqueue(store, 'low', { priority: 'low' });
    await enqueue(store, 'second', { runAt: 9 });
    await enqueue(store, 'first', { runAt: 8 });
    await enqueue(store, 'high', { priority: 'high', runAt: 9 });
    await store.jobs.enqueue([{ kind: 'other', payload: 'other' }], 1);
    expect(await store.jobs.findNextDue(kind)).toBe(1);
    expect(await claim(store, 10, { limit: 3 })).toEqual(['high', 'first', 'second']);
    expect(await claim(store, 10)).toEqual(['low']);
    expect(await claim(store, 10)).toEqual([]);
    expect(await store.jobs.findNextDue(kind)).toBe(50);
    expect(await claim(store, 50)).toEqual(['later']);
    expect(await claim(store, 50, { of: 'other' })).toEqual(['other']);
    expect(await store.jobs.findNextDue('nothing')).toBeUndefined();
  });

  it('follows a clock that was set back: what was written later than now waits from now', async (store) => {
    await enqueue(store, 'before', { runAt: 40 }, 5);
    await enqueue(store, 'after', { runAt: 1060, ordering: 'o' }, 1000);
    await enqueue(store, 'behind', { runAt: 1000, ordering: 'o' }, 1000);
    expect(await store.jobs.followClock(10)).toBe(2);
    expect(await store.jobs.followClock(10)).toBe(0);
    const waiting = await store.jobInspection.list({ state: 'waiting', limit: 10 });
    expect(waiting.map(({ payload, createdAt, runAt, changedAt }) => [payload, createdAt, runAt, changedAt])).toEqual([
      ['before', 5, 40, 5],
      ['after', 10, 70, 10],
    ]);
    expect(await claim(store, 69)).toEqual(['before']);
    expect(await claim(store, 70)).toEqual(['after']);
  });

  it('says everything about a job', async (store) => {
    await enqueue(store, { repository: 'mina/app' }, { key: 'k', ordering: 'o', priority: 'high', runAt: 7 }, 5);
    const waiting = await only(store, 'waiting');
    const job: Job = {
      id: waiting.id,
      kind,
      payload: { repository: 'mina/app' },
      key: 'k',
      ordering: 'o',
      priority: 'high',
      state: 'waiting',
      attempts: 0,
      createdAt: 5,
      runAt: 7,
      changedAt: 5,
    };
    expect(waiting).toEqual(job);
    const running: Job = { ...job, state: 'running', attempts: 1, changedAt: 8 };
    expect(await store.jobs.claim({ kind, limit: 1, lease: 'a', leaseUntil: 100, at: 8 })).toEqual([running]);
    expect(await store.jobInspection.find(job.id)).toEqual(running);
    expect(await store.jobInspection.find(job.id + 1)).toBeUndefined();
    expect(await store.jobInspection.count(kind, 'running')).toBe(1);
    expect(await store.jobInspection.count(kind, 'waiting')).toBe(0);
  });

  it('gives a job whose lease has ended to the next, and lets the first change nothing', async (store) => {
    await enqueue(store, 'a');
    expect(await claim(store, 10, { lease: 'one' })).toEqual(['a']);
    const { id } = await only(store, 'running');
    expect(await store.jobs.extend({ id, lease: 'one' }, 150)).toBe(true);
    expect(await store.jobs.findNextDue(kind)).toBe(150);
    expect(await claim(store, 149, { lease: 'two' })).toEqual([]);
    expect(await claim(store, 150, { lease: 'two' })).toEqual(['a']);
    expect(await store.jobs.extend({ id, lease: 'one' }, 900)).toBe(false);
    expect(await store.jobs.settle({ id, lease: 'one' }, { kind: 'done' }, 160)).toBe(false);
    expect(await only(store, 'running')).toMatchObject({ attempts: 2 });
    expect(await store.jobs.settle({ id, lease: 'two' }, { kind: 'done' }, 160)).toBe(true);
    expect(await store.jobInspection.find(id)).toBeUndefined();
  });

  it('does not give back to the same hands what they hold', async (store) => {
    await enqueue(store, 'held');
    await enqueue(store, 'free');
    expect(await claim(store, 10, { limit: 1 })).toEqual(['held']);
    const { id } = await only(store, 'running');
    expect((await store.jobs.claim({ kind, limit: 5, lease: 'two', leaseUntil: 900, at: 800, except: [id, 12345] })).map(({ payload }) => payload)).toEqual([
      'free',
    ]);
  });

  it('waits for its next try, is given back, or dies', async (store) => {
    await enqueue(store, 'a');
    await claim(store, 10);
    const { id } = await only(store, 'running');
    const lease = { id, lease: 'one' };
    expect(await store.jobs.settle(lease, { kind: 'again', runAt: 30, error: 'no answer' }, 11)).toBe(true);
    expect(await only(store, 'waiting')).toMatchObject({ attempts: 1, runAt: 30, changedAt: 11, error: 'no answer' });
    expect(await claim(store, 29)).toEqual([]);
    expect(await claim(store, 30)).toEqual(['a']);
    expect(await store.jobs.settle(lease, { kind: 'released' }, 31)).toBe(true);
    expect(await only(store, 'waiting')).toMatchObject({ attempts: 1, runAt: 31, error: 'no answer' });
    expect(await claim(store, 31)).toEqual(['a']);
    expect(await store.jobs.settle(lease, { kind: 'dead', error: 'x'.repeat(jobErrorMaxLength + 1) }, 32)).toBe(true);
    expect(await only(store, 'dead')).toMatchObject({ attempts: 2, changedAt: 32, error: 'x'.repeat(jobErrorMaxLength) });
    expect(await store.jobs.findNextDue(kind)).toBeUndefined();
    expect(await claim(store, 1e9)).toEqual([]);
  });

  it('gives the dead another life when somebody asks, and forgets them in time', async (store) => {
    await enqueue(store, 'a');
    await claim(store, 10);
    const { id } = await only(store, 'running');
    expect(await store.jobInspection.retry(id, 11)).toBe(false);
    expect(await store.jobInspection.remove(id)).toBe(false);
    await store.jobs.settle({ id, lease: 'one' }, { kind: 'dead', error: 'no' }, 12);
    expect(await store.jobInspection.retry(id, 20)).toBe(true);
    expect(await only(store, 'waiting')).toMatchObject({ attempts: 0, runAt: 20, error: 'no' });
    await claim(store, 20);
    await store.jobs.settle({ id, lease: 'one' }, { kind: 'dead', error: 'no' }, 21);
    expect(await store.jobInspection.pruneDead(21, 10)).toBe(0);
    expect(await store.jobInspection.pruneDead(22, 10)).toBe(1);
    expect(await store.jobInspection.retry(id, 30)).toBe(false);
    expect(await store.jobInspection.remove(id)).toBe(false);
  });

  it('makes one of two that mean the same, as long as it has not begun', async (store) => {
    await enqueue(store, 'first', { key: 'k', runAt: 50, priority: 'low' });
    await enqueue(store, 'second', { key: 'k', runAt: 40, priority: 'high' });
    await enqueue(store, 'other kind', { key: 'k', kind: 'other' });
    expect(await only(store, 'waiting').catch(() => 'two')).toBe('two');
    const [joined] = (await store.jobInspection.list({ state: 'waiting', limit: 10 })).filter((job) => job.kind === kind);
    expect(joined).toMatchObject({ payload: 'first', runAt: 40, priority: 'high' });
    expect(await claim(store, 40)).toEqual(['first']);
    // What it works on may be older than this change.
    await enqueue(store, 'third', { key: 'k' }, 41);
    await enqueue(store, 'fourth', { key: 'k' }, 42);
    const { id } = await only(store, 'running');
    // The one that waits does what another try would.
    expect(await store.jobs.settle({ id, lease: 'one' }, { kind: 'again', runAt: 99, error: 'no' }, 43)).toBe(true);
    expect(await store.jobInspection.find(id)).toBeUndefined();
    expect(await claim(store, 43)).toEqual(['third']);
    const third = await only(store, 'running');
    await enqueue(store, 'fifth', { key: 'k' }, 44);
    await store.jobs.settle({ id: third.id, lease: 'one' }, { kind: 'dead', error: 'no' }, 45);
    expect(await store.jobInspection.retry(third.id, 46)).toBe(true);
    expect(await store.jobInspection.find(third.id)).toBeUndefined();
    expect(await claim(store, 46)).toEqual(['fifth']);
  });

  it('makes one of those that mean the same and are asked for together, as early and as urgent as any', async (store) => {
    await enqueue(store, 'before', { key: 'a', runAt: 40, priority: 'low' });
    const together: NewJob[] = [
      { kind, payload: 'free' },
      { kind, payload: 'second', key: 'a', runAt: 30 },
      { kind, payload: 'first', key: 'b', runAt: 60, priority: 'low' },
      { kind: 'other', payload: 'elsewhere', key: 'b' },
      { kind, payload: 'free' },
      { kind, payload: 'third', key: 'b', runAt: 50, priority: 'high' },
      { kind, payload: 'in line', ordering: 'o', runAt: 50 },
      { kind, payload: 'behind it', ordering: 'o', runAt: 50 },
    ];
    await store.jobs.enqueue(together, 2);
    expect(await claim(store, 29)).toEqual(['free', 'free']);
    expect(await claim(store, 30)).toEqual(['before']);
    expect(await claim(store, 50)).toEqual(['first', 'in line']);
    expect(await store.jobInspection.list({ state: 'behind', limit: 10 })).toMatchObject([{ payload: 'behind it' }]);
    expect(await claim(store, 50, { of: 'other' })).toEqual(['elsewhere']);
  });

  it('runs one of an ordering at a time, in the order of asking, also while the first waits', async (store) => {
    for (const name of ['a', 'b', 'c']) await enqueue(store, name, { ordering: 'o' });
    await enqueue(store, 'free', { ordering: 'p', runAt: 5 });
    expect(await claim(store, 10)).toEqual(['a', 'free']);
    const [a, free] = await store.jobInspection.list({ state: 'running', limit: 10 });
    if (a === undefined || free === undefined) throw new Error('both run');
    await store.jobs.settle({ id: free.id, lease: 'one' }, { kind: 'done' }, 11);
    await store.jobs.settle({ id: a.id, lease: 'one' }, { kind: 'again', runAt: 30, error: 'no' }, 11);
    expect(await claim(store, 20)).toEqual([]);
    expect(await store.jobs.findNextDue(kind)).toBe(30);
    expect(await claim(store, 30)).toEqual(['a']);
    await store.jobs.settle({ id: a.id, lease: 'one' }, { kind: 'dead', error: 'no' }, 31);
    expect(await claim(store, 31)).toEqual(['b']);
    const b = await only(store, 'running');
    // It begins its second life in the place that its number gives it.
    expect(await store.jobInspection.retry(a.id, 32)).toBe(true);
    await store.jobs.settle({ id: b.id, lease: 'one' }, { kind: 'done' }, 33);
    expect(await claim(store, 33)).toEqual(['a']);
    await store.jobs.settle({ id: a.id, lease: 'one' }, { kind: 'done' }, 34);
    const c = await only(store, 'waiting');
    await enqueue(store, 'd', { ordering: 'o' }, 35);
    expect(await store.jobInspection.remove(c.id)).toBe(true);
    expect(await claim(store, 35)).toEqual(['d']);
  });

  it('lists in order of kind and number', async (store) => {
    await store.jobs.enqueue(
      ['b', 'a', 'b'].map((name) => ({ kind: name, payload: name })),
      1,
    );
    const all = await store.jobInspection.list({ state: 'waiting', limit: 10 });
    expect(all.map((job) => job.kind)).toEqual(['a', 'b', 'b']);
    const [first, second] = all;
    if (first === undefined || second === undefined) throw new Error('three wait');
    expect(await store.jobInspection.list({ state: 'waiting', after: first, limit: 1 })).toEqual([second]);
    expect(await store.jobInspection.list({ state: 'dead', limit: 10 })).toEqual([]);
  });

  it('refuses a payload over the limit', async (store) => {
    const payload = 'x'.repeat(jobPayloadMaxBytes - 2);
    await enqueue(store, payload);
    expect((await thrownBy(enqueue(store, `${payload}x`))).message).toBe(`the payload of a scan job is larger than ${jobPayloadMaxBytes} bytes`);
    expect(await store.jobInspection.count(kind, 'waiting')).toBe(1);
  });

  it('gives each job to one of those who ask together', async (store) => {
    await store.jobs.enqueue(
      Array.from({ length: 20 }, (_, index) => ({ kind, payload: index })),
      1,
    );
    const taken = await Promise.all(Array.from({ length: 8 }, (_, index) => claim(store, 10, { limit: 5, lease: `${index}` })));
    expect(taken.flat().toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('tells listeners of this process what a commit brought', async (store) => {
    const heard: string[] = [];
    using _ = store.commits.listen(`job ${kind}`, () => heard.push('scan'));
    {
      using _events = store.commits.listen('events', () => heard.push('events'));
      await enqueue(store, 'a');
      await enqueue(store, 'a', { kind: 'other' });
      await thrownBy(enqueue(store, 'x'.repeat(jobPayloadMaxBytes)));
      await store.blobs.recordUploaded(aBlob());
    }
    await store.blobs.recordUploaded(aBlob());
    expect(heard).toEqual(['scan', 'events']);
  });
}

function aBlob(): Parameters<MetadataStore['blobs']['recordUploaded']>[0] {
  const digest = digestOf('layer');
  return { repository, uploadId: undefined, digest, sizeBytes: 5, storageKey: storageKeyOf(digest), at: 2, actor };
}
