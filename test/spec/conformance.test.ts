/**
 * The official conformance program of distribution-spec against the real server: profile `dev`,
 * everything on that the profile has. It exits with 0 when it could not even start, so what counts
 * are its results file and its rows.
 *
 * One set of data stays off, as in the profile itself: sparse manifests, which name content that was
 * never pushed. A registry MAY refuse those with MANIFEST_BLOB_UNKNOWN ("Push"), and we do, always;
 * `bad-manifests.test.ts` shows that.
 */
import { afterAll, expect, test } from 'bun:test';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '../support/needs.ts';
import { startServer } from '../support/server.ts';

type Results = { readonly apis: Readonly<Record<string, string>>; readonly data: Readonly<Record<string, string>> };

const scratch = await mkdtemp(join(tmpdir(), 'naru-conformance-'));
afterAll(() => rm(scratch, { recursive: true }));

/** With a log-in the program asks for tokens as clients do, and nothing of the API is lost by it. */
const account = { name: 'chief', password: 'tall grass 95' };
const profiles = [
  { profile: 'local', server: {}, program: {} },
  {
    profile: 'private',
    server: { NARU_PROFILE: 'private', NARU_ADMIN_USER: account.name, NARU_ADMIN_PASSWORD: account.password },
    program: { OCI_USERNAME: account.name, OCI_PASSWORD: account.password },
  },
];

test.skipIf(!needs('oci-conformance')).each(profiles)(
  'oci-conformance, profile dev, against our profile $profile: every row passes, none is skipped or disabled',
  async ({ server: settings, program: logIn, profile }) => {
    await using server = await startServer({ env: settings });
    const folder = join(scratch, profile);
    await mkdir(folder);
    const program = Bun.spawn(['oci-conformance'], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        OCI_REGISTRY: new URL(server.url).host,
        OCI_TLS: 'disabled',
        OCI_VERSION: 'dev',
        OCI_RESULTS_DIR: folder,
        ...logIn,
      },
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const [printed, warnings] = await Promise.all([new Response(program.stdout).text(), new Response(program.stderr).text()]);
    await program.exited;

    const { apis, data } = Bun.YAML.parse(await readFile(join(folder, 'results.yaml'), 'utf8')) as Results;
    expect(without('Pass', apis)).toEqual({});
    expect(without('Pass', data)).toEqual({ 'Sparse Manifests': 'Disabled' });
    // The program's own number of API and data rows at the pinned commit: fewer means that something was not tried.
    expect([Object.keys(apis).length, Object.keys(data).length]).toEqual([28, 24]);

    const rows = [...(await readFile(join(folder, 'junit.xml'), 'utf8')).matchAll(/<testcase name="([^"]+)"[^>]* status="([^"]+)"/g)];
    expect(rows.filter(([, , status]) => status !== 'passed').map(([, name, status]) => `${name}: ${status}`)).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(780);

    const counts: Record<string, number> = Object.fromEntries(
      [...printed.matchAll(/^ {2}(Disabled|Skip|FAIL|Error|Pass|Total)\.+: +(\d+)$/gm)].map(([, name, count]) => [name, Number(count)]),
    );
    const total = counts['Total'] ?? -1;
    expect(counts).toEqual({ Disabled: 0, Skip: 0, FAIL: 0, Error: 0, Pass: total, Total: total });
    expect(total).toBeGreaterThanOrEqual(980);
    expect([program.exitCode, warnings]).toEqual([0, '']);
  },
  60_000,
);

function without(status: string, rows: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(rows).filter(([, value]) => value !== status));
}
