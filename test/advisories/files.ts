/** Small files of advisories in every format, made up: packages and numbers that nobody has. */
export const osv = (id: string, more: object = {}): string =>
  JSON.stringify({
    schema_version: '1.6.0',
    id,
    modified: '2026-03-01T00:00:00Z',
    published: '2026-02-01T00:00:00Z',
    aliases: [`CVE-2026-${id.replaceAll(/\D/g, '').padStart(4, '0')}`],
    summary: `a hole in left-pad (${id})`,
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
    affected: [{ package: { ecosystem: 'npm', name: 'left-pad' }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.1' }] }] }],
    ...more,
  });

export const osvYaml = `id: PYSEC-2026-7
modified: 2026-03-02T00:00:00Z
aliases: [CVE-2026-7777]
details: A hole in Snake_Oil.
affected:
- package: {ecosystem: PyPI, name: Snake_Oil}
  ranges:
  - type: ECOSYSTEM
    events: [{introduced: "2.0"}, {fixed: 2.1.post1}]
  versions: ["1.9"]
`;

export const secdb = JSON.stringify({
  distroversion: 'v3.20',
  reponame: 'main',
  packages: [{ pkg: { name: 'busybox', secfixes: { '1.36.1-r29': ['CVE-2026-1111 XSA-9', 'CVE-2026-1112'], 0: ['CVE-2026-1113'] } } }],
});

export const debianList = `[02 Mar 2026] DSA-9001-1 openssl - security update
\t{CVE-2026-2001 CVE-2026-2002}
\t[bookworm] - openssl 3.0.15-1~deb12u2
\t[bullseye] - openssl <not-affected>
[01 Mar 2026] DSA-9000-2 curl - regression update
\t[bookworm] - curl 7.88.1-10+deb12u9
[01 Mar 2026] DSA-9000-1  curl - security update
\tNOTE: of interest to nobody
\t[bookworm] - curl <unfixed>
`;

export const tracker = JSON.stringify({
  openssl: {
    'CVE-2026-2001': {
      description: 'A hole.',
      releases: {
        bookworm: { status: 'resolved', fixed_version: '3.0.15-1~deb12u2', urgency: 'high' },
        bullseye: { status: 'open', urgency: 'unimportant' },
        trixie: { status: 'resolved', fixed_version: '0', urgency: 'not yet assigned' },
      },
    },
  },
});

export const npmAdvisory = JSON.stringify({
  id: 42,
  module_name: 'left-pad',
  title: 'A hole',
  cves: [],
  vulnerable_versions: '>1.0.0 <1.2.0 || <=0.9.1',
  cvss_score: 7.5,
  updated_at: '2026-01-01',
});

export const epss =
  '#model_version:v2026.03.01,score_date:2026-03-05T00:00:00+0000\ncve,epss,percentile\nCVE-2026-0001,0.97000,0.99900\nCVE-2026-2001,0.00043,0.08\n';

export const kev = JSON.stringify({
  title: 'CISA Catalog of Known Exploited Vulnerabilities',
  catalogVersion: '2026.03.06',
  dateReleased: '2026-03-06T10:00:00.0000Z',
  count: 1,
  vulnerabilities: [{ cveID: 'CVE-2026-2001', dateAdded: '2026-03-06' }],
});
