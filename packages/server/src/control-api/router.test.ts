/** What is asked over the control socket is done as it was asked, or not at all. */
import { expect, test } from 'bun:test';
import type { AdvisoryRequest } from '../advisories/advisory-request.ts';
import { reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import type { AdminReport, AdminRequest } from '../lifecycle/admin-request.ts';
import { createControlRouter } from './router.ts';

const nothingElse = async () => reply(404);

type Asked = { status: number; asked: AdminRequest[]; advisories: AdvisoryRequest[] };

async function ask(path: string, body: string): Promise<Asked> {
  const asked: AdminRequest[] = [];
  const advisories: AdvisoryRequest[] = [];
  const router = createControlRouter({
    async run(request) {
      asked.push(request);
      return { verb: 'scrub', checked: { count: 0, sizeBytes: 0 }, quarantined: [] } satisfies AdminReport;
    },
    async runAdvisories(request) {
      advisories.push(request);
      return { verb: 'status', sources: [] };
    },
    api: nothingElse,
  });
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
  return { status: (await router(request)).status, asked, advisories };
}

async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

test('switches that are named are on, the others off; no body names none', async () => {
  expect(await ask('/gc', '{"verb":"gc","dryRun":true,"untagged":false}')).toMatchObject({
    status: 200,
    asked: [{ verb: 'gc', dryRun: true, untagged: false }],
  });
  expect(await ask('/fsck', '{"verb":"fsck","repair":true}')).toMatchObject({ status: 200, asked: [{ verb: 'fsck', repair: true }] });
  expect(await ask('/gc', '')).toMatchObject({ status: 200, asked: [{ verb: 'gc', dryRun: false, untagged: false }] });
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
  expect(await ask('/gc', body)).toMatchObject({ status: 400, asked: [] });
});

test('an address that is none', async () => {
  expect(await ask('/drop', '{}')).toMatchObject({ status: 404, asked: [] });
});

test('advisories: files by absolute paths, and the status', async () => {
  const files = ['/tmp/all.zip'];
  expect(await ask('/advisories', JSON.stringify({ verb: 'import', files, force: true }))).toEqual({
    status: 200,
    asked: [],
    advisories: [{ verb: 'import', files, force: true }],
  });
  expect((await ask('/advisories', '{"verb":"status"}')).advisories).toEqual([{ verb: 'status' }]);
  const wrong = [
    '',
    '[]',
    '{"verb":"import"}',
    '{"verb":"import","files":[]}',
    '{"verb":"import","files":["all.zip"]}',
    '{"verb":"import","files":"/x"}',
    '{"verb":"x"}',
  ];
  for (const body of wrong) expect(await ask('/advisories', body)).toEqual({ status: 400, asked: [], advisories: [] });
});
