import { afterEach, beforeEach, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolderError, openDataFolder } from './data-folder.ts';

let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'naru-data-folder-'));
});

afterEach(() => rm(scratch, { recursive: true, force: true }));

test('makes a private folder and says where things lie', async () => {
  const root = join(scratch, 'deep', 'data');
  const folder = await openDataFolder(root);
  expect({ ...folder, close: undefined, [Symbol.asyncDispose]: undefined }).toEqual({
    root,
    database: join(root, 'naru.db'),
    blobs: join(root, 'blobs'),
    controlSocket: join(root, 'control.sock'),
    tls: join(root, 'tls'),
    close: undefined,
    [Symbol.asyncDispose]: undefined,
  });
  expect(statSync(root).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(join(root, 'format'), 'utf8'))).toEqual({ version: 1 });
  expect(readdirSync(root).sort()).toEqual(['format', 'lock', 'lock-holder']);
  await folder.close();
});

test('opens again after it was closed', async () => {
  await (await openDataFolder(scratch)).close();
  await (await openDataFolder(scratch)).close();
});

test('is refused a second time in the same process', async () => {
  await using _ = await openDataFolder(scratch);
  expect(openDataFolder(scratch)).rejects.toThrow(`the data folder ${scratch} is in use by another Naru (process ${process.pid})`);
});

test('another process is refused, and the folder is free again after kill -9', async () => {
  const holder = await startHolder(scratch);
  try {
    await expectRefusal(`the data folder ${scratch} is in use by another Naru (process ${holder.pid})`);
    rmSync(join(scratch, 'lock-holder'));
    await expectRefusal(`the data folder ${scratch} is in use by another Naru. Stop that one first`);
  } finally {
    holder.kill('SIGKILL');
    await holder.exited;
  }
  await (await openDataFolder(scratch)).close();
});

test('a refused opener does not loosen the lock it ran into', async () => {
  const holder = await startHolder(scratch);
  try {
    await expectRefusal('is in use');
    await expectRefusal('is in use');
  } finally {
    holder.kill('SIGKILL');
    await holder.exited;
  }
});

test('refuses a folder of a newer version, and lets go of it', async () => {
  writeFileSync(join(scratch, 'format'), '{"version":2}\n');
  await expectRefusal(`the data folder ${scratch} was written by a newer Naru (format 2, this one knows 1)`);
  writeFileSync(join(scratch, 'format'), '{"version":1}\n');
  await (await openDataFolder(scratch)).close();
});

for (const text of ['', '{', '{}', 'null', '{"version":"1"}', '{"version":0}', '{"version":1.5}']) {
  test(`refuses the format file ${JSON.stringify(text)}`, async () => {
    writeFileSync(join(scratch, 'format'), text);
    await expectRefusal('does not say which format the data folder has');
    expect(readFileSync(join(scratch, 'format'), 'utf8')).toBe(text);
  });
}

test('a start that died while it wrote the format file is no obstacle', async () => {
  writeFileSync(join(scratch, 'format.new'), '{"ver');
  await (await openDataFolder(scratch)).close();
  expect(JSON.parse(readFileSync(join(scratch, 'format'), 'utf8'))).toEqual({ version: 1 });
});

test('names a folder that is a file', async () => {
  const path = join(scratch, 'data');
  writeFileSync(path, '');
  await expectRefusal(`the data folder ${path} cannot be used`, path);
});

test('names a folder that cannot be written', async () => {
  // A folder that even root cannot make files in.
  await expectRefusal('the data folder /proc/naru cannot be used', '/proc/naru');
});

test('names a folder of somebody else', async () => {
  const path = join(scratch, 'foreign');
  mkdirSync(path, { mode: 0o500 });
  chmodSync(scratch, 0o755);
  await asNobody(() => expectRefusal(`the data folder ${path} cannot be`, path));
});

async function expectRefusal(message: string, path = scratch): Promise<void> {
  const error = await openDataFolder(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DataFolderError);
  expect(String(error)).toContain(message);
}

/** Root may write everywhere, so it steps down for a moment. */
async function asNobody(action: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return action();
  process.seteuid?.(65534);
  try {
    await action();
  } finally {
    process.seteuid?.(0);
  }
}

/** A second process that holds the folder until it is killed. */
async function startHolder(path: string): Promise<Bun.Subprocess<'pipe', 'pipe', 'inherit'>> {
  const module = join(import.meta.dir, 'data-folder.ts');
  const program = `const { openDataFolder } = await import(${JSON.stringify(module)}); globalThis.folder = await openDataFolder(${JSON.stringify(path)}); console.log('held'); for await (const _ of process.stdin);`;
  const holder = Bun.spawn([process.execPath, '-e', program], { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' });
  for await (const chunk of holder.stdout) {
    if (Buffer.from(chunk).includes('held')) return holder;
  }
  throw new Error('the holder ended without taking the folder');
}
