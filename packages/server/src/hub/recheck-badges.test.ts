import { expect, test } from 'bun:test';
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import type { MetadataStore } from '../metadata/port.ts';
import { pushManifest } from '../metadata/contract/content.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { badgeDoubtNotice } from '../notifications/notice-job.ts';
import { doubtMaxMs, recheckBadges } from './recheck-badges.ts';

const folder = makeScratchFolder();
const app = parseRepositoryName('mina/app');
const job = { id: 1, kind: 'recheck-badges', payload: {} } as never; // it reads nothing of its job
let now = 1000;
const clock = { now: () => now };

async function check(rows: MetadataStore): Promise<unknown[]> {
  await recheckBadges({ rows, clock, noticeOf: badgeDoubtNotice }).run(job, AbortSignal.timeout(10_000));
  const badges = [];
  for (const state of ['granted', 'revoked'] as const) badges.push(...(await rows.hub.badges.list({ state, limit: 9 })));
  return badges.map(({ id, state, doubt, doubtedAt, reason }) => ({ id, state, doubt, doubtedAt, reason }));
}

test('a badge is in doubt while what it is for is blocked, and goes after two weeks', async () => {
  const rows = await openSqliteMetadata({ path: `${folder}/badges.db` });
  try {
    await rows.identity.users.create({ id: 'm', name: 'mina', administrator: false, fullName: '', language: 'en', at: 1, actor: 'chief' });
    const { digest } = await pushManifest(rows, { name: 'image' }, { at: 1, tags: [parseTag('v1')] });
    for (const [id, badge, subject] of [
      ['o', 'official', app],
      ['v', 'verified', 'mina'],
    ] as const) {
      await rows.hub.badges.apply({ id, badge, subject, note: '', at: 1, actor: 'mina' });
      await rows.hub.badges.decide({ id, state: 'granted', reason: '', at: 2, actor: 'chief' });
    }
    const judge = (state: 'allowed' | 'blocked') => {
      const reasons = state === 'blocked' ? [{ rule: 'sbom', by: app, text: 'it comes without a list of its parts' } as const] : [];
      return rows.gate.verdicts.record({
        repository: app,
        digest,
        verdict: { state, reasons, reasonCount: reasons.length, exceptions: [] },
        at: now,
        actor: 'gate',
      });
    };
    const granted = ['o', 'v'].map((id) => ({ id, state: 'granted', doubt: undefined, doubtedAt: undefined, reason: '' }));
    expect(await check(rows)).toEqual(granted);
    await judge('blocked');
    const doubt = 'mina/app:v1 is blocked: it comes without a list of its parts';
    expect(await check(rows)).toEqual(['o', 'v'].map((id) => ({ id, state: 'granted', doubt, doubtedAt: 1000, reason: '' })));
    now += 5;
    await judge('allowed');
    expect(await check(rows)).toEqual(granted);
    await judge('blocked');
    await check(rows);
    now += doubtMaxMs - 1;
    expect(await check(rows)).toMatchObject([{ state: 'granted' }, { state: 'granted' }]);
    now += 1;
    expect(await check(rows)).toMatchObject(['o', 'v'].map((id) => ({ id, state: 'revoked', reason: `in doubt for two weeks: ${doubt}` })));
    expect(await check(rows)).toMatchObject([{ state: 'revoked' }, { state: 'revoked' }]);
    const audit = (await rows.identity.audit.list({ limit: 99 })).map(({ action }) => action).filter((action) => action.startsWith('badge.'));
    expect(audit.filter((action) => action === 'badge.doubted')).toHaveLength(4);
    expect(audit.filter((action) => action === 'badge.confirmed')).toHaveLength(2);
    const told = (await rows.events.list({ limit: 99 }))
      .filter(({ kind }) => kind.startsWith('badge.'))
      .map(({ kind, repository, message }) => [kind, repository, message]);
    const events = (state: string, why: string) => ['official', 'verified'].map((badge) => [`badge.${state}`, app, badge + why]);
    expect(told).toEqual([
      ...events('doubted', `: ${doubt}`),
      ...events('confirmed', ''),
      ...events('doubted', `: ${doubt}`),
      ...events('revoked', `: in doubt for two weeks: ${doubt}`),
    ]);
    const jobs = await rows.jobInspection.list({ state: 'waiting', limit: 99 });
    const notices = jobs.filter(({ kind }) => kind === 'notify').map(({ payload }) => payload as { id: string; state: string; doubtAt: number });
    expect(notices.map(({ id, state }) => `${id} ${state}`).toSorted()).toEqual(
      ['o', 'v'].flatMap((id) => [`${id} confirmed`, `${id} doubted`, `${id} doubted`, `${id} revoked`]),
    );
    expect(notices).toContainEqual({
      about: 'badge',
      id: 'o',
      badge: 'official',
      subject: app,
      state: 'doubted',
      reason: doubt,
      askedBy: 'mina',
      doubtAt: 1000,
    } as never);
  } finally {
    await rows.close();
  }
});
