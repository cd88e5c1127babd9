import { expect, test } from 'bun:test';
import type { AdminReport } from '@naru/server/lifecycle/admin-request';
import { reportExitCode, reportText } from './report-text.ts';

const none = { count: 0, sizeBytes: 0 };

test.each<[AdminReport, string, number]>([
  [
    { verb: 'gc', dryRun: false, manifests: none, links: none, blobs: none, uploads: none, details: [] },
    'Nothing to delete: what was pushed, mounted or asked for lately is kept (collection.grace).\n',
    0,
  ],
  [
    {
      verb: 'gc',
      dryRun: true,
      manifests: { count: 1, sizeBytes: 812 },
      links: { count: 3, sizeBytes: 5_000_000 },
      blobs: { count: 2, sizeBytes: 5_242_880 },
      uploads: none,
      details: ['manifest team/app@sha256:0a'],
    },
    'would delete manifest team/app@sha256:0a\nWould delete 1 manifest (812B), 3 links, 2 blobs (5.243MB).\n',
    0,
  ],
  [
    { verb: 'fsck', repair: false, checked: { blobs: 2, manifests: 1, uploads: 0 }, violations: [], violationCount: 0, repairedCount: 0 },
    '1 manifest, 2 blobs and 0 uploads checked: nothing is broken.\n',
    0,
  ],
  [
    {
      verb: 'fsck',
      repair: false,
      checked: { blobs: 2, manifests: 1, uploads: 1 },
      violations: [
        { invariant: 'I1', what: 'blob sha256:0a has no bytes', repair: 'quarantine it', repaired: false },
        { invariant: 'engine', what: 'page 7 is damaged', repaired: false },
      ],
      violationCount: 5,
      repairedCount: 0,
    },
    'I1: blob sha256:0a has no bytes (--repair would quarantine it)\nengine: page 7 is damaged\n… and 3 more\n1 manifest, 2 blobs and 1 upload checked: 5 violations found.\n',
    1,
  ],
  [
    {
      verb: 'fsck',
      repair: true,
      checked: { blobs: 2, manifests: 1, uploads: 1 },
      violations: [{ invariant: 'I1', what: 'blob sha256:0a has no bytes', repair: 'quarantine it', repaired: true }],
      violationCount: 1,
      repairedCount: 1,
    },
    'I1: blob sha256:0a has no bytes (repaired)\n1 manifest, 2 blobs and 1 upload checked: 1 violation found, 1 repaired.\n',
    0,
  ],
  [{ verb: 'scrub', checked: { count: 1, sizeBytes: 999 }, quarantined: [] }, '1 blob (999B) read: all are sound.\n', 0],
  [
    { verb: 'scrub', checked: { count: 9, sizeBytes: 1_500_000_000 }, quarantined: [{ digest: 'sha256:0a', what: 'its bytes hash to sha256:0b' }] },
    'sha256:0a: its bytes hash to sha256:0b\n9 blobs (1.5GB) read: 1 rotten one set aside. Push them again to heal them.\n',
    1,
  ],
])('%#', (report, text, exitCode) => {
  expect({ text: reportText(report), exitCode: reportExitCode(report) }).toEqual({ text, exitCode });
});
