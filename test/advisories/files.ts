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

/** Of a CVE that is mended for `bash` and stream 20 of a module, open in `zlib` and stream 18, and of no concern to what stands on other products. */
export const redHatVex = (more: object = {}): string => {
  const version = (name: string, purl: string) => ({
    category: 'product_version',
    name,
    product: { name, product_id: name, product_identification_helper: { purl } },
  });
  const releases = [
    ['BaseOS-9.4', 'cpe:/o:redhat:enterprise_linux:9::baseos'],
    ['AppStream-9.4', 'cpe:/a:redhat:enterprise_linux:9::appstream'],
    ['red_hat_enterprise_linux_8', 'cpe:/o:redhat:enterprise_linux:8'],
    ['BaseOS-9.2.EUS', 'cpe:/o:redhat:rhel_eus:9.2::baseos'],
    ['9Base-RHOSE-4.16', 'cpe:/a:redhat:openshift:4.16::el9'],
  ].map(([id = '', cpe]) => ({ category: 'product_name', name: id, product: { name: id, product_id: id, product_identification_helper: { cpe } } }));
  const within = (whole: string, part: string) => ({
    category: 'default_component_of',
    full_product_name: { name: `${part} as a component of ${whole}`, product_id: `${whole}:${part}` },
    product_reference: part,
    relates_to_product_reference: whole,
  });
  const node = 'nodejs-1:20.12.2-2.module+el9.4.0+1+abc.x86_64';
  const fixed = [
    ...['x86_64', 'aarch64', 'src'].map((architecture) => ['BaseOS-9.4', `bash-0:5.1.8-9.el9.${architecture}`] as const),
    ['BaseOS-9.2.EUS', 'bash-0:5.1.8-7.el9_2.x86_64'],
    ['9Base-RHOSE-4.16', 'bash-0:9.9-1.rhaos.x86_64'],
    ['AppStream-9.4:nodejs:20:1:abc', node],
  ] as const;
  const affected = [
    ['red_hat_enterprise_linux_8', 'zlib'],
    ['red_hat_enterprise_linux_8', 'bash'],
    ['BaseOS-9.4', 'bash'],
    ['AppStream-9.4', 'nodejs:18/nodejs'],
  ] as const;
  const id = ([whole, part]: readonly [string, string]) => `${whole}:${part}`;
  return JSON.stringify({
    document: {
      category: 'csaf_vex',
      csaf_version: '2.0',
      title: 'bash: a hole',
      aggregate_severity: { text: 'Moderate' },
      publisher: { category: 'vendor', name: 'Red Hat Product Security', namespace: 'https://www.redhat.com' },
      tracking: { id: 'CVE-2026-3001', current_release_date: '2026-03-04T00:00:00+00:00', initial_release_date: '2026-03-01T00:00:00+00:00' },
    },
    product_tree: {
      branches: [
        {
          category: 'vendor',
          name: 'Red Hat',
          branches: [
            { category: 'product_family', name: 'Red Hat Enterprise Linux', branches: releases },
            {
              category: 'architecture',
              name: 'x86_64',
              branches: [
                version('bash-0:5.1.8-9.el9.x86_64', 'pkg:rpm/redhat/bash@5.1.8-9.el9?arch=x86_64'),
                version('bash-0:5.1.8-9.el9.aarch64', 'pkg:rpm/redhat/bash@5.1.8-9.el9?arch=aarch64'),
                version('bash-0:5.1.8-9.el9.src', 'pkg:rpm/redhat/bash@5.1.8-9.el9?arch=src'),
                version('bash-0:5.1.8-7.el9_2.x86_64', 'pkg:rpm/redhat/bash@5.1.8-7.el9_2?arch=x86_64'),
                version('bash-0:9.9-1.rhaos.x86_64', 'pkg:rpm/redhat/bash@9.9-1.rhaos?arch=x86_64'),
                version(node, 'pkg:rpm/redhat/nodejs@20.12.2-2.module%2Bel9.4.0%2B1%2Babc?arch=x86_64&epoch=1&rpmmod=nodejs:20:1:abc'),
                version('nodejs:20:1:abc', 'pkg:rpmmod/redhat/nodejs@20:1:abc'),
              ],
            },
            version('zlib', 'pkg:rpm/redhat/zlib?arch=src'),
            version('nodejs:18/nodejs', 'pkg:rpm/redhat/nodejs?arch=src&rpmmod=nodejs:18'),
            version('bash', 'pkg:rpm/redhat/bash?arch=src'),
          ],
        },
      ],
      relationships: [within('AppStream-9.4', 'nodejs:20:1:abc'), ...[...fixed, ...affected].map(([whole, part]) => within(whole, part))],
    },
    vulnerabilities: [
      {
        cve: 'CVE-2026-3001',
        title: 'bash: a hole',
        product_status: { fixed: fixed.map(id), known_affected: affected.map(id), known_not_affected: ['BaseOS-9.4:zlib'] },
        scores: [{ cvss_v3: { vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }, products: [] }],
        threats: [
          { category: 'impact', details: 'Moderate' },
          { category: 'impact', details: 'Important', product_ids: [id(['red_hat_enterprise_linux_8', 'zlib'])] },
          { category: 'exploit_status', details: 'Critical' },
        ],
        references: [{ category: 'self', url: 'https://access.redhat.com/security/cve/CVE-2026-3001' }],
      },
    ],
    ...more,
  });
};
