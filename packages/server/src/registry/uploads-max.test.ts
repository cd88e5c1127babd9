/** `limits.uploadsMax`: sessions cannot be opened without end, and sessions left behind do not keep others out. */
import { expect, test } from 'bun:test';
import { app, bodyOf, digestOf, openWorld } from '../../../../test/support/lifecycle/world.ts';

const max = 100; // of the world
const hourMs = 3600e3;

test('no more sessions than the limit while all of them may still be wanted', async () => {
  await using world = await openWorld();
  const { uploads } = world.registry;
  const ids = [];
  for (let index = 0; index < max; index++) ids.push(await uploads.start(app, 'sha256'));
  await expect(uploads.start(app, 'sha256')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', detail: { uploadsMax: max } });
  expect(await world.bytes.listUploads({ limit: 1000 })).toHaveLength(max);
  for (const id of ids.slice(0, 1)) await uploads.cancel(app, id);
  await uploads.start(app, 'sha256');
  await expect(uploads.start(app, 'sha256')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
});

test('the session that was idle longest gives way, one that is used does not', async () => {
  await using world = await openWorld();
  const { uploads } = world.registry;
  const [used, idle] = [await uploads.start(app, 'sha256'), await uploads.start(app, 'sha256')];
  world.pass(1);
  for (let index = 2; index < max; index++) await uploads.start(app, 'sha256');
  world.pass(hourMs);
  await uploads.append(app, used, { body: bodyOf('half') });
  world.pass(1);
  const fresh = await Promise.all([uploads.start(app, 'sha256'), uploads.start(app, 'sha256')]);
  await expect(uploads.status(app, idle)).rejects.toMatchObject({ code: 'UPLOAD_UNKNOWN' });
  for (const id of fresh) expect(await uploads.status(app, id)).toBe(0);
  await uploads.finish(app, used, { digest: digestOf('half'), actor: 'mina' });
  expect((await world.bytes.listUploads({ limit: 1000 })).length).toBeLessThan(max);
});

test('a session that a request is writing to stays, however old it is', async () => {
  await using world = await openWorld();
  const { uploads } = world.registry;
  const { promise: more, resolve } = Promise.withResolvers<void>();
  async function* slowly() {
    yield Buffer.from('ha');
    await more;
    yield Buffer.from('lf');
  }
  const writing = await uploads.start(app, 'sha256');
  const appended = uploads.append(app, writing, { body: slowly() });
  for (let index = 1; index < max; index++) await uploads.start(app, 'sha256');
  world.pass(2 * hourMs);
  for (let index = 0; index < max; index++) await uploads.start(app, 'sha256').catch(() => undefined);
  resolve();
  expect(await appended).toBe(4);
  await uploads.finish(app, writing, { digest: digestOf('half'), actor: 'mina' });
});
