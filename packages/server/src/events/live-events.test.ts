import { afterEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { RepositoryName } from '@naru/oci/repository-name';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { virtualTime } from '../../../../test/support/virtual-time.ts';
import { other, pushBlob, repository, thrownBy } from '../metadata/contract/content.ts';
import { makeScratchFolder } from '../metadata/contract/scratch-folder.ts';
import type { Event, MetadataStore } from '../metadata/port.ts';
import { openSqliteMetadata } from '../metadata/sqlite/open-sqlite-metadata.ts';
import { createLiveEvents, heartbeatMs, type LiveEvents, streamsMax, streamsPerAddressMax, type WantedEvents } from './live-events.ts';
import { eventsKeptMs, pruneEvents } from './prune-events.ts';

const folder = makeScratchFolder();
const closing: MetadataStore[] = [];
let opened = 0;

async function open() {
  const rows = await openSqliteMetadata({ path: join(folder, `${opened++}.db`) });
  closing.push(rows);
  const time = virtualTime();
  return { rows, time, live: createLiveEvents({ rows, ...time }) };
}

afterEach(async () => {
  for (const store of closing.splice(0)) await store.close();
});

const mina = { address: '127.0.0.1', may: async () => true };

/** Reads frame by frame. A read that finds nothing waits, as a client does. */
async function listen(live: LiveEvents, wanted: WantedEvents = {}, caller: Parameters<LiveEvents['open']>[0] = mina) {
  const reader = (await live.open(caller, wanted)).getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await read()).toStartWith(': ');
  return { read, events: async () => parse(await read()), cancel: () => reader.cancel() };
}

function parse(text: string): Event[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? '') as Event); // the stream's own words
}

const summary = (events: readonly Event[]) => events.map(({ kind, repository: name }) => `${kind} ${name}`);

test('tells what comes next, as it comes, in frames that name id and kind', async () => {
  const { rows, live } = await open();
  await pushBlob(rows, 'before');
  const stream = await listen(live);
  const reading = stream.read();
  await pushBlob(rows, 'layer', { at: 7 });
  const [event] = (await rows.events.list({ limit: 10 })).slice(-1);
  expect(await reading).toBe(`id: ${event?.id}\nevent: blob.pushed\ndata: ${JSON.stringify(event)}\n\n`);
});

test('goes on behind an id, and says when what came behind it is gone', async () => {
  const { rows, time, live } = await open();
  for (const name of ['a', 'b', 'c']) await pushBlob(rows, name);
  const all = await rows.events.list({ limit: 10 });
  const second = all[1]?.id ?? 0;
  expect(await (await listen(live, { after: second })).events()).toEqual(all.slice(2));
  expect(await (await listen(live, { after: 0 })).events()).toEqual(all);
  time.jump(-time.clock.now() + eventsKeptMs + 2);
  await pruneEvents({ events: rows.events, clock: time.clock }).run({} as never, new AbortController().signal); // it reads nothing of its job
  await pushBlob(rows, 'd', { at: 100 });
  const reader = (await live.open(mina, { after: second })).getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(`: ${second}\n\nevent: lost\ndata: {}\n\n`);
  expect(summary(parse(new TextDecoder().decode((await reader.read()).value)))).toEqual([`blob.pushed ${repository}`]);
});

test('begins again with who knows ids that this server has not given yet, as after a backup was restored', async () => {
  const { rows, live } = await open();
  await pushBlob(rows, 'layer');
  const newest = await rows.events.findNewestId();
  const reader = (await live.open(mina, { after: newest + 100 })).getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(`: ${newest}\n\nevent: lost\ndata: {}\n\n`);
  await pushBlob(rows, 'more');
  expect(summary(parse(new TextDecoder().decode((await reader.read()).value)))).toEqual([`blob.pushed ${repository}`]);
});

test('what a listener may not see does not bring it more signs of life', async () => {
  const { rows, live } = await open();
  const stream = await listen(live, { repository: other });
  const reading = stream.read();
  for (let index = 0; index < 20; index++) {
    await pushBlob(rows, `layer ${index}`);
    await nextTurn();
  }
  await pushBlob(rows, 'wanted', { in: other });
  expect(await reading).not.toBe(':\n\n');
});

test('tells nobody about what they may not pull, from the moment on that they may not', async () => {
  const { rows, live } = await open();
  const allowed = new Set<RepositoryName>([repository]);
  const stream = await listen(live, {}, { address: '', may: async (action, name) => action === 'pull' && allowed.has(name) });
  await pushBlob(rows, 'layer');
  await pushBlob(rows, 'secret', { in: other });
  expect(summary(await stream.events())).toEqual([`repository.created ${repository}`, `blob.pushed ${repository}`]);
  allowed.clear();
  await pushBlob(rows, 'more');
  allowed.add(other);
  const reading = stream.events();
  await pushBlob(rows, 'open now', { in: other });
  const told = summary(await reading);
  expect(told).not.toContain(`blob.pushed ${repository}`);
});

test('tells only what was asked for', async () => {
  const { rows, live } = await open();
  const ofOther = await listen(live, { repository: other });
  const created = await listen(live, { kinds: ['repository.created'] });
  await pushBlob(rows, 'layer');
  await pushBlob(rows, 'layer', { in: other });
  expect(summary(await ofOther.events())).toEqual([`repository.created ${other}`, `blob.pushed ${other}`]);
  expect(summary(await created.events())).toEqual([`repository.created ${repository}`, `repository.created ${other}`]);
});

test('shows that the line is alive, finds what other processes commit, and ends after its time', async () => {
  const { rows, time } = await open();
  const live = createLiveEvents({ rows: { ...rows, commits: { listen: () => ({ [Symbol.dispose]: () => {} }) } }, ...time });
  const stream = await listen(live);
  const turns = async () => {
    for (let turn = 0; turn < 10; turn++) await nextTurn();
  };
  const silent = stream.read();
  await time.pass(heartbeatMs + 1, turns);
  expect(await silent).toBe(':\n\n');
  const reading = stream.events();
  await pushBlob(rows, 'layer');
  await time.pass(5001, turns);
  expect(await reading).toHaveLength(2);
  const last = stream.read();
  await turns();
  time.jump(3600e3);
  await time.pass(heartbeatMs, turns);
  expect(await last).toBe('');
});

test('reads rows only when its listener has room', async () => {
  const { rows, time } = await open();
  let reads = 0;
  const counted = { ...rows.events, list: (page: Parameters<typeof rows.events.list>[0]) => (reads++, rows.events.list(page)) };
  const stream = await listen(createLiveEvents({ rows: { ...rows, events: counted }, ...time }));
  const atFirst = reads;
  for (let index = 0; index < 20; index++) await pushBlob(rows, `layer ${index}`);
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  expect(reads).toBe(atFirst);
  expect(await stream.events()).toHaveLength(21);
});

test('has room for so many, and again for others when some have gone', async () => {
  const { live } = await open();
  const streams = [];
  for (let index = 0; index < streamsPerAddressMax; index++) streams.push(await listen(live));
  expect(await thrownBy(live.open(mina, {}))).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  await streams[0]?.cancel();
  await listen(live);
  for (let index = 0; index < streamsMax - streamsPerAddressMax; index++) await live.open({ ...mina, address: `10.0.0.${index}` }, {});
  expect(await thrownBy(live.open({ ...mina, address: '10.1.0.1' }, {}))).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  const waiting = streams[1]?.read();
  live.close();
  expect(await waiting).toBe('');
  await listen(live);
});

test('gives its room back when the rows fail', async () => {
  const { rows, time } = await open();
  const live = createLiveEvents({ rows: { ...rows, events: { ...rows.events, findNewestId: () => Promise.reject(new Error('no rows')) } }, ...time });
  for (let index = 0; index <= streamsPerAddressMax; index++) expect((await thrownBy(live.open(mina, {}))).message).toBe('no rows');
});
