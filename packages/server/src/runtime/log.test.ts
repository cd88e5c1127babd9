import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from './log.ts';
import { redact } from './redact.ts';

const folder = mkdtempSync(join(tmpdir(), 'naru-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('one JSON object per line, from the level on, without secrets', () => {
  const path = join(folder, 'level.log');
  {
    using log = openLog({ level: 'warn', fd: openSync(path, 'w') });
    log.info('not this one');
    log.warn('cannot reach https://ann:secret@example.com/x', { status: 401, authorization: 'Bearer abc' });
    log.error('alone');
  }
  expect(linesOf(path)).toEqual([
    { level: 'warn', time: expect.any(String), status: 401, authorization: '[redacted]', msg: 'cannot reach https://[redacted]@example.com/x' },
    { level: 'error', time: expect.any(String), msg: 'alone' },
  ]);
});

test('whatever a field holds, the line is JSON and says it', () => {
  const path = join(folder, 'values.log');
  const nested: Record<string, unknown> = { list: [1, { token: 'x' }] };
  const values = {
    quoted: 'a "b" \\ c',
    broken: 'one\ntwo\u0000',
    hangul: '나루 🛶',
    lone: '\ud800',
    'a "name"': 1,
    nan: Number.NaN,
    big: 2n ** 64n,
    none: null,
    nested,
  };
  {
    using log = openLog({ level: 'info', fd: openSync(path, 'w') });
    log.info('a "message"\n', { ...values, left: undefined, made: () => 1 });
    nested['self'] = nested;
    log.info('turning', { nested });
  }
  const [first, second] = linesOf(path) as Record<string, unknown>[];
  const written = {
    quoted: values.quoted,
    broken: values.broken,
    hangul: values.hangul,
    lone: values.lone,
    'a "name"': 1,
    nan: null,
    big: '18446744073709551616',
    none: null,
  };
  expect(first).toEqual({ level: 'info', time: expect.any(String), ...written, nested: { list: [1, { token: '[redacted]' }] }, msg: 'a "message"\n' });
  expect(JSON.stringify(second)).toContain('[deeper]');
});

test('no line is lost when the process ends by itself or by an uncaught error', () => {
  for (const end of ['', 'throw new Error("uncaught")', 'process.exit(3)']) {
    const path = join(folder, `end-${end.length}.log`);
    const program = `
      import { openSync } from 'node:fs';
      import { openLog } from ${JSON.stringify(join(import.meta.dir, 'log.ts'))};
      const log = openLog({ level: 'info', fd: openSync(${JSON.stringify(path)}, 'w') });
      for (let i = 0; i < 1000; i++) log.info('line', { i });
      ${end}`;
    Bun.spawnSync([process.execPath, '-e', program]);
    expect(linesOf(path)).toHaveLength(1000);
  }
});

test.skipIf(process.platform !== 'linux')('a full disk costs the log and not the server', () => {
  using log = openLog({ level: 'info', fd: openSync('/dev/full', 'w') });
  for (let i = 0; i < 1000; i++) log.info('line', { i });
  log.error('at once');
});

test('a reader that went away costs the log and not the server', () => {
  const program = `
    import { openLog } from ${JSON.stringify(join(import.meta.dir, 'log.ts'))};
    const log = openLog({ level: 'info', fd: 2 });
    for (let i = 0; i < 10_000; i++) log.info('line', { i });
    log.error('at once');
    console.log('still here');`;
  const file = join(folder, 'log-into-nothing.ts');
  writeFileSync(file, program);
  const command = `'${process.execPath}' '${file}' 2>&1 >'${join(folder, 'out')}' | head -n 1 >'${join(folder, 'head')}'`;
  expect(Bun.spawnSync(['sh', '-c', command]).exitCode).toBe(0);
  expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('still here\n');
});

test('a slow reader gets every line, and is not waited for', async () => {
  const program = `
    import { openLog } from ${JSON.stringify(join(import.meta.dir, 'log.ts'))};
    const log = openLog({ level: 'info', fd: 2 });
    for (let i = 0; i < 20_000; i++) log.info('line', { i });
    console.log('done');`;
  const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe', stderr: 'pipe' });
  expect((await new Response(child.stderr).text()).trim().split('\n')).toHaveLength(20_000);
});

test('secrets go by name and by shape, at every depth', () => {
  const error = Object.assign(new Error('refused Basic YTpi', { cause: new Error('inner') }), { code: 'EPIPE', stack: 'stack' });
  expect(
    redact({
      adminPassword: 'x',
      headers: [{ Cookie: 'x', 'X-Registry-Auth': 'x', auth: 'x' }],
      digest: 'sha256:abc',
      url: 'http://h/p?access_token=abc&n=1',
      bytes: new Uint8Array(3),
      error,
    }),
  ).toEqual({
    adminPassword: '[redacted]',
    headers: [{ Cookie: '[redacted]', 'X-Registry-Auth': '[redacted]', auth: '[redacted]' }],
    digest: 'sha256:abc',
    url: 'http://h/p?access_token=[redacted]&n=1',
    bytes: '[3 bytes]',
    error: {
      name: 'Error',
      message: 'refused Basic [redacted]',
      code: 'EPIPE',
      stack: 'stack',
      cause: { name: 'Error', message: 'inner', stack: expect.any(String) },
    },
  });
});

test('a ring does not hang the log', () => {
  const ring: Record<string, unknown> = {};
  ring['self'] = ring;
  expect(JSON.stringify(redact(ring))).toContain('[deeper]');
});

function linesOf(path: string): unknown[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
