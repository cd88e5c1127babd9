import { expect, test } from 'bun:test';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { badgeDoubtNotice } from './notice-job.ts';
import { notify } from './notify.ts';

const folder = makeScratchFolder();

test('a badge in doubt is told to its owner and the administrators, each time once', async () => {
  const rows = await openSqliteMetadata({ path: `${folder}/notify.db` });
  try {
    for (const [id, administrator] of [
      ['mina', false],
      ['chief', true],
      ['lee', false],
    ] as const)
      await rows.identity.users.create({ id, name: id, administrator, fullName: '', language: 'en', at: 1, actor: 'chief' });
    const kind = notify({ rows, listFindings: async () => [], clock: { now: () => 5 } });
    const doubt = { id: 'o', badge: 'official', subject: 'mina/app', state: 'doubted', reason: 'it is blocked', askedBy: 'mina' };
    const run = ({ payload }: ReturnType<typeof badgeDoubtNotice>) => kind.run({ id: 1, kind: 'notify', payload } as never, AbortSignal.timeout(10_000)); // it reads nothing else
    for (const at of [1000, 1000, 2000]) await run(badgeDoubtNotice({ ...doubt, at }));
    const told = async (id: string) =>
      (await rows.notifications.list(id, { unread: true, limit: 9 })).map(({ kind: what, state, repository, message }) => [what, state, repository, message]);
    const twice = Array.from({ length: 2 }, () => ['badge', 'doubted', 'mina/app', 'it is blocked']);
    expect([await told('mina'), await told('chief'), await told('lee')]).toEqual([twice, twice, []]);
  } finally {
    await rows.close();
  }
});
