/** What is asked over the control socket is done as it was asked, or not at all. */
import { expect, test } from 'bun:test';
import { reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import type { AdminReport, AdminRequest } from '../lifecycle/admin-request.ts';
import { createControlRouter } from './router.ts';

const nothingElse = async () => reply(404);

async function ask(path: string, body: string): Promise<{ status: number; asked: AdminRequest[] }> {
  const asked: AdminRequest[] = [];
  const router = createControlRouter(async (request) => {
    asked.push(request);
    return { verb: 'scrub', checked: { count: 0, sizeBytes: 0 }, quarantined: [] } satisfies AdminReport;
  }, nothingElse);
  const request: HttpRequest = {
    id: 'request-1',
    method: 'POST',
    path,
    query: new URLSearchParams(),
    header: () => undefined,
    contentLength: undefined,
    body: bodyOf(body),
    remoteAddress: 'local',
    scheme: 'http',
    host: 'localhost',
  };
  return { status: (await router(request)).status, asked };
}

async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

test('switches that are named are on, the others off; no body names none', async () => {
  expect(await ask('/gc', '{"verb":"gc","dryRun":true,"untagged":false}')).toEqual({ status: 200, asked: [{ verb: 'gc', dryRun: true, untagged: false }] });
  expect(await ask('/fsck', '{"verb":"fsck","repair":true}')).toEqual({ status: 200, asked: [{ verb: 'fsck', repair: true }] });
  expect(await ask('/gc', '')).toEqual({ status: 200, asked: [{ verb: 'gc', dryRun: false, untagged: false }] });
});

test.each([
  ['cut off', '{"dryRun":true'],
  ['an array', '["dryRun"]'],
  ['a string', '"dryRun"'],
  ['null', 'null'],
  ['another name', '{"dry_run":true}'],
  ['a text for a truth', '{"dryRun":"true"}'],
  ['a number for a truth', '{"dryRun":1}'],
  ['too long', `{"dryRun":true}${' '.repeat(5000)}`],
])('nothing is deleted for who may have asked for less: %s', async (_, body) => {
  expect(await ask('/gc', body)).toEqual({ status: 400, asked: [] });
});

test('an address that is none', async () => {
  expect(await ask('/drop', '{}')).toEqual({ status: 404, asked: [] });
});
