/** Reports for people, and the exit codes for scripts. */
import type { AdminReport, FsckReport, GcReport, ScrubReport, Tally } from '@naru/server/lifecycle/admin-request';

export function reportText(report: AdminReport): string {
  switch (report.verb) {
    case 'gc':
      return gcText(report);
    case 'fsck':
      return fsckText(report);
    case 'scrub':
      return scrubText(report);
  }
}

/** 0: all is well (now). 1: something is broken. */
export function reportExitCode(report: AdminReport): number {
  switch (report.verb) {
    case 'gc':
      return 0;
    case 'fsck':
      return report.violationCount > report.repairedCount ? 1 : 0;
    case 'scrub':
      return report.quarantined.length > 0 ? 1 : 0;
  }
}

function gcText({ dryRun, manifests, links, blobs, uploads, details }: GcReport): string {
  const total = manifests.count + links.count + blobs.count + uploads.count;
  const counts = [
    withSize(manifests, 'manifest'),
    links.count === 0 ? '' : plural(links.count, 'link'),
    withSize(blobs, 'blob'),
    withSize(uploads, 'unfinished upload'),
  ];
  const verb = dryRun ? 'Would delete' : 'Deleted';
  return lines(
    details.map((detail) => `${dryRun ? 'would delete' : 'deleted'} ${detail}`),
    total === 0
      ? 'Nothing to delete: what was pushed, mounted or asked for lately is kept (collection.grace).'
      : `${verb} ${counts.filter(Boolean).join(', ')}.`,
  );
}

function fsckText({ repair, checked, violations, violationCount, repairedCount }: FsckReport): string {
  const found = violations.map(({ invariant, what, repaired, repair: remedy }) => {
    const hint = repaired ? ' (repaired)' : remedy === undefined ? '' : ` (--repair would ${remedy})`;
    return `${invariant}: ${what}${hint}`;
  });
  const left = violationCount - violations.length;
  const scope = `${plural(checked.manifests, 'manifest')}, ${plural(checked.blobs, 'blob')} and ${plural(checked.uploads, 'upload')} checked`;
  const verdict = violationCount === 0 ? 'nothing is broken' : `${plural(violationCount, 'violation')} found${repair ? `, ${repairedCount} repaired` : ''}`;
  return lines([...found, ...(left > 0 ? [`… and ${left} more`] : [])], `${scope}: ${verdict}.`);
}

function scrubText({ checked, quarantined }: ScrubReport): string {
  const verdict = quarantined.length === 0 ? 'all are sound' : `${plural(quarantined.length, 'rotten one')} set aside. Push them again to heal them`;
  return lines(
    quarantined.map(({ digest, what }) => `${digest}: ${what}`),
    `${plural(checked.count, 'blob')} (${showBytes(checked.sizeBytes)}) read: ${verdict}.`,
  );
}

function withSize({ count, sizeBytes }: Tally, noun: string): string {
  return count === 0 ? '' : `${plural(count, noun)} (${showBytes(sizeBytes)})`;
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** As Docker shows sizes: decimal, at most four significant digits. */
function showBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${Number((bytes / 1000 ** power).toPrecision(4))}${units[power]}`;
}

function lines(list: readonly string[], last: string): string {
  return `${[...list, last].join('\n')}\n`;
}
