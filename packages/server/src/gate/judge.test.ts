import { expect, test } from 'bun:test';
import { parseDigest } from '@naru/oci/digest';
import type { Finding, FindingSummary } from './finding-summary.ts';
import { type GateException, type ImageFacts, judge, type Judgement, reasonsMax, refusalText, type Signer } from './judge.ts';
import { combineLevels, type GatePolicy, type Level } from './policy.ts';

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
const other = parseDigest(`sha256:${'b'.repeat(64)}`);
const dayMs = 86_400e3;
const now = 1000 * dayMs;

const openssl: Finding = { id: 'CVE-1', severity: 'high', package: 'openssl', version: '1.1.1n-0+deb11u1', fixedVersion: '1.1.1n-0+deb11u5', exploited: false };
const zlib: Finding = { id: 'CVE-2', severity: 'critical', package: 'zlib1g', version: '1:1.2.11', knownSince: now - 3 * dayMs, epss: 0.4, exploited: true };
const checked: FindingSummary = { state: 'checked', checkedAt: now - dayMs, scans: [], findings: [openssl, zlib], licences: [], secrets: [] };
const facts: ImageFacts = { digest, check: checked, signers: [], attached: [] };
const pending: FindingSummary = { state: 'pending', scans: [], findings: [], licences: [], secrets: [] };

const scannedBy = (...scans: FindingSummary['scans']): FindingSummary => ({ ...checked, scans });

const [ops, build, mallory] = ['ops', 'build', 'mallory'].map((name) => ({ name, scope: { kind: 'server' } })) as [Signer, Signer, Signer]; // three of three

const server = (policy: GatePolicy): Level => ({ scope: { kind: 'server' }, policy });
const acme = (policy: GatePolicy): Level => ({ scope: { kind: 'namespace', name: 'acme' }, policy });
const app = (policy: GatePolicy): Level => ({ scope: { kind: 'repository', name: 'acme/app' }, policy });
const lift = (given: Partial<GateException>): GateException => ({ id: 'e', scope: { kind: 'server' }, target: {}, endsAt: now + dayMs, ...given });

function reasonsOf({ reasons }: Judgement): string[] {
  return reasons.map(({ rule, finding }) => (finding === undefined ? rule : `${rule} ${finding}`));
}

test.each<[what: string, policy: GatePolicy, changed: Partial<ImageFacts>, reasons: string[]]>([
  ['no demand', {}, {}, []],
  ['as bad as this, the worst first', { block: [{ severity: 'high' }] }, {}, ['finding CVE-2', 'finding CVE-1']],
  ['worse than that', { block: [{ severity: 'critical' }] }, {}, ['finding CVE-2']],
  ['what can be mended', { block: [{ severity: 'high', fixable: true }] }, {}, ['finding CVE-1']],
  ['what is exploited', { block: [{ exploited: true }] }, {}, ['finding CVE-2']],
  ['what probably will be', { block: [{ epss: 0.3 }] }, {}, ['finding CVE-2']],
  ['any rule is enough', { block: [{ exploited: true }, { fixable: true }] }, {}, ['finding CVE-2', 'finding CVE-1']],
  ['not within its grace time', { block: [{ severity: 'critical', olderThanDays: 4 }] }, {}, []],
  ['after its grace time', { block: [{ severity: 'critical', olderThanDays: 3 }] }, {}, ['finding CVE-2']],
  ['nobody knows since when: no grace', { block: [{ severity: 'high', olderThanDays: 30 }] }, {}, ['finding CVE-1']],
  ['what was not judged passes', { block: [{ severity: 'low' }] }, { check: pending }, []],
  ['a scanner has reported', { scannedBy: ['trivy'] }, { check: scannedBy({ scanner: 'trivy', reportedAt: now, problem: 'down since' }) }, []],
  ['a scanner has not', { scannedBy: ['trivy'] }, { check: scannedBy({ scanner: 'trivy' }, { scanner: 'clair', reportedAt: now }) }, ['quarantine']],
  ['all of them have to', { scannedBy: ['*'] }, { check: scannedBy({ scanner: 'trivy', reportedAt: now }, { scanner: 'clair' }) }, ['quarantine']],
  ['there is no such scanner', { scannedBy: ['trivy'] }, {}, ['quarantine']],
  ['but not a quarantine', { quarantine: true }, { check: pending }, ['quarantine']],
  ['that a check ends', { quarantine: true }, {}, []],
  ['and keeps through the next one', { quarantine: true }, { check: { ...checked, state: 'pending' } }, []],
  ['what nobody understands is not clean', { quarantine: true }, { check: { ...pending, state: 'unsupported' } }, ['quarantine']],
  ['even if it was looked at', { quarantine: true }, { check: { ...checked, state: 'unsupported' } }, ['quarantine']],
  ['nothing is installed in it', { quarantine: true, checkedWithinDays: 1 }, { check: { ...pending, state: 'checked' } }, []],
  ['an old check', { checkedWithinDays: 0.5 }, {}, ['check-age']],
  ['none at all', { checkedWithinDays: 30 }, { check: pending }, ['check-age']],
  ['a young one', { checkedWithinDays: 2 }, {}, []],
  ['no age demanded', { checkedWithinDays: 0 }, { check: pending }, []],
  ['unsigned', { signedBy: ['release'] }, {}, ['signature']],
  ['signed by somebody else', { signedBy: ['release'] }, { signers: [mallory] }, ['signature']],
  ['signed', { signedBy: ['release', 'build'] }, { signers: [build] }, []],
  ['signed by anybody trusted', { signedBy: ['*'] }, { signers: [build] }, []],
  ['nothing beside it', { require: ['sbom', 'provenance'] }, { attached: ['sbom'] }, ['provenance']],
  [
    'how it was built, by name',
    { forbidConfiguration: ['root-user'] },
    { check: { ...checked, configuration: { found: ['root-user', 'base-unknown'].map((rule) => ({ rule, text: 'it is so' })), isWhole: true } } },
    ['configuration root-user'],
  ],
  ['nobody has looked how', { forbidConfiguration: ['root-user'] }, {}, []],
  ['secrets', { forbidSecrets: true }, { check: { ...checked, secrets: [{ what: 'an AWS key', path: 'root/.aws/credentials' }] } }, ['secret']],
  [
    'licences',
    { forbidLicences: ['AGPL-*'] },
    {
      check: {
        ...checked,
        licences: [
          { package: 'x', licence: 'agpl-3.0-only' },
          { package: 'y', licence: 'MIT' },
        ],
      },
    },
    ['licence'],
  ],
])('%s', async (_, policy, changed, reasons) => {
  const judged = await judge([app(policy)], { ...facts, ...changed }, [], now);
  expect({ state: judged.state, reasons: reasonsOf(judged) }).toEqual({ state: reasons.length > 0 ? 'blocked' : 'allowed', reasons });
});

test('a narrower level adds, and takes nothing away unless the wider one lets it', async () => {
  const strict = server({ signedBy: ['ops'], block: [{ severity: 'critical' }] });
  expect(reasonsOf(await judge([app({ signedBy: [], block: [] }), strict], facts, [], now))).toEqual(['finding CVE-2', 'signature']);
  expect(reasonsOf(await judge([app({ block: [{ severity: 'high' }] }), strict], { ...facts, signers: [ops] }, [], now))).toEqual([
    'finding CVE-2',
    'finding CVE-2',
    'finding CVE-1',
  ]);
  const loose = server({ ...strict.policy, mayLoosen: true });
  expect((await judge([app({ signedBy: [], block: [] }), loose], facts, [], now)).state).toBe('allowed');
  // Only what the narrower one speaks of.
  expect(reasonsOf(await judge([app({ block: [] }), loose], facts, [], now))).toEqual(['signature']);
  // The namespace lets nobody loosen what it says itself.
  expect(reasonsOf(await judge([app({ block: [] }), acme({ block: [{ exploited: true }] }), loose], { ...facts, signers: [ops] }, [], now))).toEqual([
    'finding CVE-2',
  ]);
  expect(combineLevels([app({ quarantine: false }), server({ quarantine: true, require: ['sbom'], mayLoosen: true })])).toEqual([
    server({ require: ['sbom'], mayLoosen: true }),
    app({ quarantine: false }),
  ]);
});

test('an exception lifts what it names, until it ends, and not what a wider level demands', async () => {
  const level = app({ block: [{ severity: 'high' }], signedBy: ['*'] });
  const signed = { ...facts, signers: [ops] };
  const judged = (exceptions: Partial<GateException>[], from = [level]) => judge(from, signed, exceptions.map(lift), now);
  expect(reasonsOf(await judged([{ target: { finding: 'CVE-1' } }]))).toEqual(['finding CVE-2']);
  expect(await judged([{ target: { finding: 'CVE-1' } }])).toMatchObject({ exceptions: ['e'], reviewAt: now + dayMs });
  expect(reasonsOf(await judged([{ target: { finding: 'CVE-1', package: 'libssl' } }]))).toEqual(['finding CVE-2', 'finding CVE-1']);
  expect(reasonsOf(await judged([{ target: { digest: other } }]))).toEqual(['finding CVE-2', 'finding CVE-1']);
  expect((await judged([{ target: { digest } }])).state).toBe('allowed');
  expect((await judged([{ target: { digest }, endsAt: now }])).state).toBe('blocked');
  expect((await judged([{ target: { rule: 'finding' } }])).state).toBe('allowed');
  const here = { kind: 'repository', name: 'acme/app' } as const;
  expect((await judged([{ target: { digest }, scope: here }], [server(level.policy)])).state).toBe('blocked');
  expect((await judged([{ target: { digest }, scope: here }], [server({ ...level.policy, mayLoosen: true })])).state).toBe('allowed');
});

test('what somebody set aside does not block, until that ends, and not what a wider level blocks', async () => {
  const level = app({ block: [{ severity: 'high' }] });
  const judged = (setAside: NonNullable<Finding['setAside']>, from = level) =>
    judge([from], { ...facts, check: { ...checked, findings: [{ ...openssl, setAside }] } }, [], now);
  const here = { kind: 'repository', name: 'acme/app' } as const;
  expect(await judged({ scope: here })).toEqual({ state: 'allowed', reasons: [], reasonCount: 0, exceptions: [] });
  expect(await judged({ scope: here, endsAt: now + dayMs })).toMatchObject({ state: 'allowed', reviewAt: now + dayMs });
  expect((await judged({ scope: here, endsAt: now })).state).toBe('blocked');
  expect((await judged({ scope: here }, acme(level.policy))).state).toBe('blocked');
  expect((await judged({ scope: here }, acme({ ...level.policy, mayLoosen: true }))).state).toBe('allowed');
  expect((await judged({ scope: { kind: 'server' } }, acme(level.policy))).state).toBe('allowed');
});

test('of however many findings each is judged, and the worst are told', async () => {
  async function* many() {
    for (let index = 0; index < 50_000; index++) yield { ...zlib, id: `CVE-${index}`, exploited: false };
    yield { ...openssl, exploited: true };
  }
  const check = () => ({ ...checked, findings: many(), licences: [] });
  expect(await judge([app({ block: [{ exploited: true }] })], { ...facts, check: check() }, [], now)).toMatchObject({
    state: 'blocked',
    reasonCount: 1,
    reasons: [{ finding: openssl.id }],
  });
  const all = await judge([app({ block: [{ severity: 'low' }] })], { ...facts, check: check() }, [], now);
  expect([all.reasonCount, all.reasons.length, new Set(all.reasons.map((reason) => reason.package))]).toEqual([50_001, reasonsMax, new Set(['zlib1g'])]);
});

test('a level believes no signer whom a narrower one has named', async () => {
  const fake: Signer = { name: 'ops', scope: { kind: 'repository', name: 'acme/app' } };
  const demanding = { signedBy: ['ops'] };
  expect((await judge([server(demanding)], { ...facts, signers: [fake] }, [], now)).state).toBe('blocked');
  expect((await judge([server({ signedBy: ['*'] })], { ...facts, signers: [fake] }, [], now)).state).toBe('blocked');
  expect((await judge([server({ ...demanding, mayLoosen: true })], { ...facts, signers: [fake] }, [], now)).state).toBe('allowed');
  expect((await judge([app(demanding)], { ...facts, signers: [fake, mallory] }, [], now)).state).toBe('allowed');
});

test('says when time alone will change it', async () => {
  const soon = await judge([app({ block: [{ severity: 'critical', olderThanDays: 5 }], checkedWithinDays: 30 })], facts, [], now);
  expect(soon).toMatchObject({ state: 'allowed', reviewAt: now + 2 * dayMs });
  expect(await judge([app({ checkedWithinDays: 30 })], facts, [], now)).toMatchObject({ reviewAt: now + 29 * dayMs });
});

test('what is printed is one line with the worst first', async () => {
  const judged = await judge([app({ block: [{ severity: 'high' }] })], { ...facts, check: { ...checked, findings: [openssl] } }, [], now);
  expect(refusalText(judged)).toBe('image blocked: CVE-1 (high) in openssl 1.1.1n-0+deb11u1, fixed in 1.1.1n-0+deb11u5 (rule of acme/app)');
  expect(refusalText(await judge([server({ block: [{ severity: 'high' }], signedBy: ['ops'] })], facts, [], now))).toBe(
    'image blocked: CVE-2 (critical) in zlib1g 1:1.2.11 (rule of this server), and 2 more reasons',
  );
});
