import { describe, expect, test } from 'bun:test';
import { resolve } from 'node:path';
import { type LoadOptions, loadConfig } from './load-config.ts';
import { problemLine } from './problem.ts';

describe('precedence', () => {
  const readFile = () => 'port: 1\nlog: { level: warn, access: off }\ncollection:\n  grace: 2h\n';

  test('with nothing written the defaults stand', () => {
    expect(load({})).toEqual({
      host: '127.0.0.1',
      port: 5000,
      data: resolve('data'),
      plainHttp: 'loopback',
      profile: 'local',
      admin: { user: undefined, password: undefined },
      accounts: { signUp: 'auto', sessionMs: 2_592_000_000 },
      mail: { smtpUrl: undefined, from: undefined, linkUrl: undefined },
      ldap: {
        url: undefined,
        startTls: true,
        ca: undefined,
        bindDn: undefined,
        bindPassword: undefined,
        bindPasswordFile: undefined,
        base: undefined,
        filter: '(uid={login})',
        idAttribute: 'entryUUID',
        nameAttribute: 'uid',
        emailAttribute: 'mail',
        fullNameAttribute: 'cn',
        groupBase: undefined,
        groupFilter: '(member={dn})',
        groups: [],
        timeoutMs: 5000,
        checkIntervalMs: 3_600_000,
      },
      oidc: { providers: [] },
      repositories: { quotaBytes: undefined, renamedForMs: 7_776_000_000 },
      advisories: { sources: [], intervalMs: 86_400e3 },
      inventory: { attach: [] },
      scanners: { adapters: [], clamd: undefined, clamdTimeoutMs: 3600e3, clamdFileMaxBytes: 25e6, intervalMs: 86_400e3 },
      federation: { issuers: ['https://token.actions.githubusercontent.com', 'https://gitlab.com'] },
      audit: { pulls: true, keepMs: 31_536_000_000 },
      metrics: { networks: ['127.0.0.0/8', '::1/128'] },
      tls: { mode: 'auto', cert: undefined, key: undefined, names: [], clientCa: undefined, clientCertificates: 'request', reloadMs: 10_000 },
      http: { publicUrl: undefined, trustedProxies: [] },
      log: { level: 'info', access: true },
      limits: {
        manifestMaxBytes: 4_194_304,
        blobMaxBytes: 137_438_953_472,
        uploadsMax: 10_000,
        uploadChunkMinBytes: 0,
        listPageDefault: 1000,
        listPageMax: 10_000,
        referrersPageMax: 1000,
        tlsConnectionsMax: 10_000,
        drainTimeoutMs: 25_000,
      },
      collection: {
        enabled: true,
        intervalMs: 3_600_000,
        graceMs: 86_400_000,
        untaggedAfterMs: undefined,
        trashForMs: 604_800_000,
        uploadExpiryMs: 86_400_000,
      },
      scrub: { enabled: true, intervalMs: 2_592_000_000, bytesPerSecond: 16_777_216 },
    });
  });

  test('flags beat environment beats file', () => {
    const config = load({ flags: { config: 'n.yaml', port: '3' }, env: { NARU_PORT: '2', NARU_LOG_LEVEL: 'error' }, readFile });
    expect({ port: config.port, log: config.log, graceMs: config.collection.graceMs }).toEqual({
      port: 3,
      log: { level: 'error', access: false },
      graceMs: 7_200_000,
    });
  });

  test('NARU_CONFIG names the file, --config beats it', () => {
    const asked: string[] = [];
    const note = (path: string) => {
      asked.push(path);
      return '';
    };
    load({ env: { NARU_CONFIG: 'env.yaml' }, readFile: note });
    load({ env: { NARU_CONFIG: 'env.yaml' }, flags: { config: 'flag.yaml' }, readFile: note });
    expect(asked).toEqual(['env.yaml', 'flag.yaml']);
  });

  test('what other programs put into the environment is left alone', () => {
    const env = {
      PATH: '/bin',
      NARU_TEST_REQUIRE_ALL: '1',
      NARU_PORT: 'tcp://10.0.0.1:5000',
      NARU_PORT_5000_TCP_ADDR: '10.0.0.1',
      NARU_SERVICE_HOST: '10.0.0.1',
      NARU_TOKEN: 'naru_x',
      NARU_CLIENT_CONFIG: '/etc/naru/client.yaml',
    };
    expect(load({ env }).port).toBe(5000);
  });
});

describe('problems', () => {
  test('all are reported at once, each with its key and its place', () => {
    const readFile = () => 'port: 70000\nmanifestMax: 3\ncollection:\n  graceMs: 4\n  untaggedAfter: soon\n  interval: [1]\nlimits: 4\nlog: { level: loud }\n';
    const flags = { config: 'n.yaml', hots: 'x', host: '0.0.0.0' };
    const env = { NARU_PROT: '1', NARU_COLLECTION_GRACE: '5', NARU_PROFILE: 'hup', NARU_LIMITS_MANIFEST_MAX: '5MiB' };
    expect(problems({ flags, env, readFile }).toSorted()).toEqual(
      [
        '--hots: unknown flag; did you mean --host?',
        'NARU_PROT: unknown variable; did you mean NARU_PORT? (from the environment)',
        'manifestMax: unknown key; did you mean limits.manifestMax? (from n.yaml:2)',
        'collection.graceMs: unknown key; did you mean collection.grace? (from n.yaml:4)',
        'limits: this is a group: its settings go on the next lines, indented (from n.yaml:7)',
        'port: 70000 is out of range: a whole number from 0 to 65535 is needed (from n.yaml:1)',
        'host: "0.0.0.0" would let other computers in, and profile local has no log-in to tell them apart: choose --profile private or hub, or keep 127.0.0.1, ::1 or localhost, and reach it from elsewhere with "ssh -N -L 5000:127.0.0.1:5000 USER@THIS-COMPUTER" (from --host)',
        'profile: "hup" is not one of local, private, hub (from NARU_PROFILE)',
        'limits.manifestMax: "5MiB" is out of range: at least 1KiB and at most 4MiB (from NARU_LIMITS_MANIFEST_MAX)',
        'collection.grace: "5" is not a duration: write a number with a unit, like 30s, 15m, 24h or 30d (from NARU_COLLECTION_GRACE)',
        'collection.untaggedAfter: "soon" is not a duration: write a number with a unit, like 30s, 15m, 24h or 30d, or never (from n.yaml:5)',
        'collection.interval: a single value is needed here, not a list or a group (from n.yaml:6)',
        'log.level: "loud" is not one of debug, info, warn, error (from n.yaml:8)',
      ].toSorted(),
    );
  });

  test('a wrong value is reported even when another beats it', () => {
    expect(problems({ flags: { port: '5000' }, env: { NARU_PORT: 'x' } })).toEqual([
      'port: "x" is not a whole number: a whole number from 0 to 65535 is needed (from NARU_PORT)',
    ]);
  });

  test('a default page larger than the largest', () => {
    expect(problems({ env: { NARU_LIMITS_LIST_PAGE_MAX: '10', NARU_LIMITS_LIST_PAGE_DEFAULT: '11' } })).toEqual([
      'limits.listPageDefault: 11 is more than limits.listPageMax, which is 10 (from NARU_LIMITS_LIST_PAGE_DEFAULT)',
    ]);
  });

  test.each(['0.0.0.0', '::', '192.168.0.7', 'example.com', '127.0.0.1.example.com', 'fe80::1', '::ffff:10.0.0.1', '::10'])('host %s is refused', (host) => {
    expect(problems({ flags: { host } })).toEqual([expect.stringMatching(/^host: .* would let other computers in/)]);
  });

  test.each([
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
    ['127.1.2.3', '127.1.2.3'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['0:0:0:0:0:0:0:1', '0:0:0:0:0:0:0:1'],
  ])('host %s is taken', (host, taken) => {
    expect(load({ flags: { host } }).host).toBe(taken);
  });
});

describe('the file', () => {
  test('that is not there', () => {
    expect(problems({ flags: { config: '/nowhere/naru.yaml' } })).toEqual([
      'config: cannot read the file "/nowhere/naru.yaml": there is no such file (from --config)',
    ]);
  });

  test('that is empty, or holds an empty group', () => {
    expect(load({ flags: { config: 'n.yaml' }, readFile: () => '# nothing\n' })).toEqual(load({}));
    expect(load({ flags: { config: 'n.yaml' }, readFile: () => 'log:\n' })).toEqual(load({}));
  });

  test('that is no map', () => {
    expect(problems({ flags: { config: 'n.yaml' }, readFile: () => '- port\n' })).toEqual(['the file must hold keys and values (from n.yaml:1)']);
  });

  test.each(['port: 1\nport: 2\n', 'log: {level: info\n', '\tport: 1\n'])('that is broken YAML: %j', (yaml) => {
    const found = problems({ flags: { config: 'n.yaml' }, readFile: () => yaml });
    expect(found.length).toBeGreaterThan(0);
    for (const line of found) expect(line).toMatch(/^this is not valid YAML: .* \(from n\.yaml:\d+\)$/s);
  });
});

function load(options: LoadOptions) {
  const loaded = loadConfig({ env: {}, ...options });
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return loaded.config;
}

function problems(options: LoadOptions): string[] {
  const loaded = loadConfig({ env: {}, ...options });
  return 'problems' in loaded ? loaded.problems.map(problemLine) : [];
}
