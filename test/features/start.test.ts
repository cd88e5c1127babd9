/** Starting and stopping, as an operator meets them: the real program, its words and its exit codes. */
import { afterAll, describe, expect, test } from 'bun:test';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { recordSkip } from '../support/needs.ts';
import { runNaru, startServer, type TestServer } from '../support/server.ts';

const scratch = mkdtempSync(join(tmpdir(), 'naru-start-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => join(scratch, String(folders++));

describe('what a person reads', () => {
  test('where it listens, where the data is, that there is no log-in, and three lines for a first image', async () => {
    await using server = await startServer({ data: newFolder() });
    const registry = `localhost:${server.port}`;
    for (const line of [
      server.url,
      server.data,
      'THERE IS NO LOG-IN',
      `docker tag IMAGE ${registry}/first:1`,
      `docker push ${registry}/first:1`,
      `docker pull ${registry}/first:1`,
    ]) {
      expect(server.output.stdout).toContain(line);
    }
  });

  test('localhost is served', async () => {
    await using server = await startServer({ data: newFolder(), flags: ['--host', 'localhost'] });
    expect((await fetch(`http://localhost:${server.port}/v2/`)).status).toBe(200);
  });
});

describe('start mistakes: one line, no stack trace', () => {
  test('the port is taken', async () => {
    await using other = await listenSomewhere();
    expect(await serve(['--port', String(other.port), '--data', newFolder()])).toEqual({
      exitCode: 1,
      stderr: `naru: port ${other.port} on 127.0.0.1 is taken by another program. Choose another one with --port, or --port 0 for any that is free.\n`,
    });
  });

  test('the port is taken by another Naru: two must never share it', async () => {
    await using other = await startServer({ data: newFolder() });
    expect(await serve(['--port', String(other.port), '--data', newFolder()])).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining(`port ${other.port} on 127.0.0.1 is taken`),
    });
  });

  test('another server uses the folder', async () => {
    await using server = await startServer({ data: newFolder() });
    expect(await serve(['--port', '0', '--data', server.data])).toEqual({
      exitCode: 1,
      stderr: `naru: the data folder ${server.data} is in use by another Naru (process ${server.pid}). Stop that one first, or choose another folder (--data).\n`,
    });
  });

  test('the folder was written by a newer version', async () => {
    const data = newFolder();
    mkdirSync(data);
    writeFileSync(join(data, 'format'), '{"version":99}\n');
    expect(await serve(['--port', '0', '--data', data])).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^naru: the data folder .* was written by a newer Naru .*\n$/),
    });
  });

  test('the folder cannot be made', async () => {
    const file = newFolder();
    writeFileSync(file, 'not a folder');
    expect(await serve(['--port', '0', '--data', join(file, 'data')])).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^naru: the data folder .* cannot be used: .*--data.*\n$/),
    });
  });

  const readOnly = makeReadOnlyFolder();
  test.skipIf(readOnly === undefined)('the folder cannot be written', async () => {
    expect(await serve(['--port', '0', '--data', String(readOnly)])).toEqual({
      exitCode: 1,
      stderr: expect.stringMatching(/^naru: the data folder .* cannot be used: .*--data.*\n$/),
    });
  });

  test('the configuration: every problem in its own line', async () => {
    const file = newFolder();
    writeFileSync(file, 'prot: 5000\nlimits:\n  manifestMax: 5MiB\n');
    const { exitCode, stderr } = await runNaru(['serve', '--config', file, '--host', '0.0.0.0'], { NARU_PROFILE: 'hup', NARU_DATTA: 'x' });
    expect({ exitCode, lines: stderr.trim().split('\n').toSorted() }).toEqual({
      exitCode: 2,
      lines: [
        'naru: NARU_DATTA: unknown variable; did you mean NARU_DATA? (from the environment)',
        expect.stringMatching(/^naru: host: "0\.0\.0\.0" would let other computers in, and profile local has no log-in .* \(from --host\)$/),
        `naru: limits.manifestMax: "5MiB" is out of range: at least 1KiB and at most 4MiB (from ${file}:3)`,
        'naru: profile: "hup" is not one of local, private, hub (from NARU_PROFILE)',
        `naru: prot: unknown key; did you mean port? (from ${file}:1)`,
      ],
    });
  });

  test('settings of the folder it is started in are not read', async () => {
    const cwd = newFolder();
    mkdirSync(cwd);
    writeFileSync(join(cwd, '.env'), 'NARU_PORT=not-a-port\n');
    writeFileSync(join(cwd, 'bunfig.toml'), 'preload = ["./no-such-file.ts"]\n');
    const child = spawn('node', [wrapper, 'version'], { cwd, env: environment(), stdio: ['ignore', 'ignore', 'pipe'] });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });
});

describe('stopping', () => {
  test('a running upload may finish after the first signal', async () => {
    await using server = await startServer({ data: newFolder() });
    const upload = await beginUpload(server);
    process.kill(server.pid, 'SIGTERM');
    await until(() => server.output.stdout.includes('Stopping'));
    upload.request.end('world');
    expect((await upload.answer).statusCode).toBe(202);
    expect(await server.stop()).toBe(0);
  }, 20_000);

  test('a later signal stops it at once', async () => {
    await using server = await startServer({ data: newFolder(), flags: ['--limits-drain-timeout', '1h'] });
    const upload = await beginUpload(server);
    upload.answer.catch(() => undefined); // it is cut off
    const { promise: exitCode } = await signalUntilGone(server);
    expect(await exitCode).toBe(143);
  }, 20_000);

  test('draining is bounded', async () => {
    await using server = await startServer({ data: newFolder(), flags: ['--limits-drain-timeout', '200ms'] });
    const upload = await beginUpload(server);
    upload.answer.catch(() => undefined); // it is cut off
    expect(await server.stop()).toBe(0);
  }, 20_000);
});

describe('the wrapper', () => {
  test('passes the signal and the exit code on', async () => {
    const { child } = await startWrapped();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 20_000);

  test('leaves no server behind when it is killed', async () => {
    const { child, serverPid, data } = await startWrapped();
    child.kill('SIGKILL');
    await until(() => !isAlive(serverPid));
    // Whoever comes next finds folder and port free.
    await using next = await startServer({ data });
    expect(next.pid).not.toBe(serverPid);
  }, 30_000);

  test('gives exit codes as Docker does: 1 for an unknown command, 125 for an unknown flag', () => {
    const codeOf = (...args: string[]) => spawnSync('node', [wrapper, ...args], { env: environment() }).status;
    expect([codeOf('sevre'), codeOf('serve', '--prot', '1'), codeOf('help')]).toEqual([1, 125, 0]);
  });
});

describe('naru admin', () => {
  test('asks the running server, or opens the folder itself', async () => {
    const data = newFolder();
    {
      await using server = await startServer({ data });
      expect(await admin(server.data, 'fsck')).toEqual([0, '0 manifests, 0 blobs and 0 uploads checked: nothing is broken.\n', '']);
      await server.stop();
    }
    expect(await admin(data, 'fsck')).toEqual([0, '0 manifests, 0 blobs and 0 uploads checked: nothing is broken.\n', '']);
    expect(await admin(data, 'gc', '--dry-run')).toEqual([
      0,
      'Nothing to delete: what was pushed, mounted or asked for lately is kept (collection.grace).\n',
      '',
    ]);
    expect(await admin(data, 'scrub')).toEqual([0, '0 blobs (0B) read: all are sound.\n', '']);
  }, 20_000);

  test('refuses a folder without data and does not make it', async () => {
    const data = newFolder();
    expect(await admin(data, 'fsck')).toEqual([2, '', `naru: there is no data of Naru in ${data}. Name its folder with --data.\n`]);
    expect(existsSync(data)).toBe(false);
  });
});

const wrapper = resolve(import.meta.dirname, '../../packages/naru/bin/naru.mjs');

async function serve(flags: readonly string[]) {
  const { exitCode, stderr } = await runNaru(['serve', ...flags]);
  return { exitCode, stderr };
}

async function admin(data: string, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await runNaru(['admin', ...args, '--data', data]);
  return [exitCode, stdout, stderr];
}

function environment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: scratch };
}

async function listenSomewhere() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, [Symbol.asyncDispose]: async () => void server.close() };
}

/** Root may write where modes forbid it, but not where the mount does. */
function makeReadOnlyFolder(): string | undefined {
  const folder = newFolder();
  mkdirSync(folder);
  if (process.getuid?.() !== 0) {
    chmodSync(folder, 0o500);
    return folder;
  }
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'naru-test', folder]).status !== 0) {
    recordSkip('the kernel refuses to mount a read-only file system', 'features/start.test.ts');
    return undefined;
  }
  afterAll(() => {
    spawnSync('umount', [folder]);
    expect(readdirSync(folder)).toEqual([]);
  });
  return folder;
}

type RunningUpload = { readonly request: ClientRequest; readonly answer: Promise<IncomingMessage> };

/** A chunk of an upload that the server is reading and that does not end by itself. */
async function beginUpload(server: TestServer): Promise<RunningUpload> {
  const started = await fetch(`${server.url}/v2/team/app/blobs/uploads/`, { method: 'POST' });
  const address = new URL(started.headers.get('location') ?? '', server.url);
  const request = httpRequest(address, { method: 'PATCH', headers: { 'content-type': 'application/octet-stream' } });
  const answer = new Promise<IncomingMessage>((settle, reject) => {
    request.once('response', (response) => {
      response.resume();
      settle(response);
    });
    request.once('error', reject);
  });
  answer.catch(() => undefined); // whoever waits for it is told
  request.write('hello ');
  // Once its bytes are on the disk, the request is under way.
  const uploads = join(server.data, 'blobs', 'uploads');
  await until(() => readdirSync(uploads, { recursive: true, encoding: 'utf8' }).some((name) => statSync(join(uploads, name)).size === 'hello '.length));
  return { request, answer };
}

async function signalUntilGone(server: TestServer): Promise<{ promise: Promise<number | null> }> {
  // stop() sends the first signal; whatever follows within a moment counts as the same one.
  const promise = server.stop();
  await until(() => {
    if (isAlive(server.pid)) process.kill(server.pid, 'SIGTERM');
    return !isAlive(server.pid);
  });
  return { promise };
}

async function startWrapped(): Promise<{ child: ChildProcess; serverPid: number; data: string }> {
  const data = newFolder();
  const child = spawn('node', [wrapper, 'serve', '--port', '0', '--data', data], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stdout.resume();
  await until(() => /"pid":\d+/.test(log) || child.exitCode !== null);
  return { child, serverPid: Number(/"pid":(\d+)/.exec(log)?.[1]), data };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Asks again until it is so; the test's own timeout ends it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((next) => setTimeout(next, 10));
}
