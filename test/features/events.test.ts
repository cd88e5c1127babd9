/** The stream of events as a client on the line meets it: stock pushes, kill -9, and listeners that go. */
import { expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeImage } from '../support/image.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { runNaru, startServer } from '../support/server.ts';

type Told = { readonly id: number; readonly kind: string; readonly repository: string; readonly tag?: string };

type Listener = AsyncDisposable & {
  /** The next events, until one of them is this. */
  until(kind: string): Promise<Told[]>;
  /** Reads to the end of the stream. */
  end(): Promise<void>;
};

async function listen(url: string, { query = '', last }: { query?: string; last?: number } = {}): Promise<Listener> {
  const leave = new AbortController();
  const response = await fetch(`${url}/api/v1/events${query}`, {
    signal: leave.signal,
    ...(last !== undefined && { headers: { 'last-event-id': String(last) } }),
  });
  expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({ status: 200, type: 'text/event-stream' });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('a stream has a body');
  let buffered = '';
  async function more(): Promise<boolean> {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    buffered += value ?? '';
    return !done;
  }
  // The first line says that the listener is counted in.
  while (!buffered.includes('\n\n')) if (!(await more())) throw new Error('the stream ended at once');
  return {
    async until(kind) {
      const told: Told[] = [];
      for (;;) {
        for (let end = buffered.indexOf('\n\n'); end >= 0; end = buffered.indexOf('\n\n')) {
          const data = /^data: (.*)$/m.exec(buffered.slice(0, end))?.[1];
          buffered = buffered.slice(end + 2);
          if (data === undefined) continue;
          const event = JSON.parse(data) as Told; // what the server said
          told.push(event);
          if (event.kind === kind) return told;
        }
        if (!(await more())) throw new Error(`the stream ended before ${kind}`);
      }
    },
    async end() {
      while (await more());
    },
    async [Symbol.asyncDispose]() {
      leave.abort();
    },
  };
}

test('a push is told as it happens, and after kill -9 the listener goes on where it was, each event once', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-events-'));
  const seen: Told[] = [];
  {
    await using server = await startServer({ data });
    await using listener = await listen(server.url);
    const client = createRegistryClient(server.url);
    await client.pushImage('team/app', makeImage({ seed: 1 }), '1');
    seen.push(...(await listener.until('tag.moved')));
    // Acknowledged, and the server dies before anybody was told.
    await client.pushManifest('team/app', makeImage({ seed: 1 }).manifest, '2');
    await server.kill();
  }
  {
    await using server = await startServer({ data });
    await using listener = await listen(server.url, { last: seen.at(-1)?.id ?? 0 });
    seen.push(...(await listener.until('tag.moved')));
    await using whole = await listen(server.url, { query: '?after=0&kinds=tag.moved' });
    expect((await whole.until('tag.moved')).map(({ tag }) => tag)).toEqual(['1']);
    expect((await whole.until('tag.moved')).map(({ tag }) => tag)).toEqual(['2']);
  }
  expect(seen.filter(({ kind }) => kind === 'tag.moved').map(({ tag }) => tag)).toEqual(['1', '2']);
  expect(seen.map(({ id }) => id)).toEqual([...new Set(seen.map(({ id }) => id))].toSorted((a, b) => a - b));
  await rm(data, { recursive: true });
}, 30_000);

test('listeners that go leave room for others, and a stop ends the streams', async () => {
  await using server = await startServer();
  for (let round = 0; round < 50; round++) {
    await using _ = await listen(server.url);
  }
  const staying = await listen(server.url);
  const ended = staying.end();
  expect(await server.stop()).toBe(0);
  await ended;
}, 30_000);

test('naru event follow: a line for each event, on where it was after kill -9, over the socket and over HTTP', async () => {
  const data = await mkdtemp(join(tmpdir(), 'naru-follow-'));
  const following: ReturnType<typeof startNaru>[] = [];
  try {
    const first = await startServer({ data });
    const client = createRegistryClient(first.url);
    const [here, there] = [
      startNaru(['event', 'follow', '--data', data, '--repository', 'team/told', '--kinds', 'tag.moved']),
      startNaru(['event', 'follow', '--server', first.url, '--after', '0', '--json']),
    ];
    following.push(here, there);
    await client.pushImage('team/other', makeImage({ seed: 'follow' }), '1');
    await client.pushImage('team/told', makeImage({ seed: 'follow' }), '0');
    // It listens by now, whenever it was that it began.
    for (let at = 0; !here.text().includes('tag.moved'); at++) {
      await client.pushManifest('team/told', makeImage({ seed: 'follow' }).manifest, `early-${at}`);
      await Bun.sleep(200);
    }
    await client.pushManifest('team/told', makeImage({ seed: 'follow' }).manifest, '1');
    await here.until((text) => text.includes('team/told:1 '));
    await first.kill();
    await using second = await startServer({ data, flags: ['--port', String(first.port)] });
    await createRegistryClient(second.url).pushManifest('team/told', makeImage({ seed: 'follow' }).manifest, '2');
    for (const one of [here, there]) await one.until((text) => /team\/told:2 |"tag":"2"/.test(text));
    const lines = here.text().trim().split('\n');
    expect(lines.at(-1)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z tag\.moved team\/told:2 sha256:[0-9a-f]{64} anonymous$/);
    expect(new Set(lines).size).toBe(lines.length);
    const ids = there
      .text()
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Told).id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    expect(ids[0]).toBe(1);
    expect(await runNaru(['event', 'follow', '--server', second.url, '--kinds', 'tag.eaten'])).toMatchObject({ exitCode: 2, stdout: '' });
  } finally {
    for (const one of following) await one.kill();
    await rm(data, { recursive: true });
  }
  expect((await runNaru(['event', 'follow', '--data', join(tmpdir(), 'nothing-here')])).stderr).toContain('no server uses');
}, 60_000);

test('says what is wrong with a question', async () => {
  await using server = await startServer();
  const ask = async (query: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}/api/v1/events${query}`, { headers });
    return { status: response.status, body: await response.text() };
  };
  expect((await ask('?kinds=tag.eaten')).status).toBe(400);
  expect((await ask('?repository=UPPER')).body).toContain('it is not the name of a repository');
  expect((await ask('', { 'last-event-id': 'yesterday' })).body).toContain('Last-Event-ID is not the id of an event');
  const head = await fetch(`${server.url}/api/v1/events`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
});

/** The program, for as long as it runs. */
function startNaru(words: readonly string[]): { text(): string; until(isWanted: (text: string) => boolean): Promise<void>; kill(): Promise<void> } {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../packages/naru/src/main.ts'), ...words], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C', ...(process.env['CI_RUN_MARK'] && { CI_RUN_MARK: process.env['CI_RUN_MARK'] }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let text = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (complaints += part));
  return {
    text: () => text,
    async until(isWanted) {
      for (const endsAt = Date.now() + 40_000; !isWanted(text); await Bun.sleep(20))
        if (Date.now() > endsAt || child.exitCode !== null) throw new Error(`${words.join(' ')} printed ${text} and said ${complaints}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
