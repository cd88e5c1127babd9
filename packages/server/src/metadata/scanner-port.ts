/**
 * What scanners of others say of images, as rows: part of `port.ts`, and all that is said there holds here. A scan belongs
 * to an image's digest, whichever repositories hold it: the operator has named the scanner, and trusts it for all of them.
 */
import type { Digest } from '@naru/oci/digest';
import type { Severity } from './advisory-port.ts';
import type { ImageFinding } from './finding-port.ts';
import type { Page } from './port.ts';

export type ScanKey = { readonly scanner: string; readonly digest: Digest };

export type Scan = ScanKey & {
  /** What the scanner calls the scan that is under way; '' when none is. */
  readonly request: string;
  readonly requestedAt?: number;
  /** Of the last good report, whose findings are kept. */
  readonly reportedAt?: number;
  /** The scanner, as it names itself. */
  readonly reportedBy: string;
  /** Why there is no newer report; '' when all is well. */
  readonly problem: string;
  readonly failedAt?: number;
};

export type ReportedFinding = {
  readonly vulnerability: string;
  readonly package: string;
  readonly version: string;
  readonly severity: Severity;
  /** Ten times what CVSS says. */
  readonly score?: number;
  /** '' when nobody has mended it. */
  readonly fixed: string;
  readonly summary: string;
  readonly url: string;
};

export type ReportedPlace = { readonly scanner: string } & Pick<ReportedFinding, 'vulnerability' | 'package' | 'version'>;

export type ReportedPage = { readonly findings: readonly (ImageFinding & { readonly scanner: string })[]; readonly next?: ReportedPlace };

export type ScannerState = { readonly scanned: number; readonly failing: number; readonly lastReportAt?: number; readonly lastProblem?: string };

export interface ScanRows {
  find(key: ScanKey): Promise<Scan | undefined>;
  /** In order of the scanners' names. */
  list(digest: Digest): Promise<Scan[]>;
  /** The scanner has taken it. False: the image is gone. */
  begin(scan: ScanKey & { request: string }, at: number): Promise<boolean>;
  /** In the place of the report before; what was found in that already stays as old as it is. False: the image is gone. */
  record(report: ScanKey & { reportedBy: string; findings: readonly ReportedFinding[] }, at: number): Promise<boolean>;
  /** What was found before stays. With `isOver` the scan that is under way is given up. False: the image is gone. */
  fail(failure: ScanKey & { problem: string; isOver: boolean }, at: number): Promise<boolean>;
  /** As findings of the image, in the order of scanners and vulnerabilities; a package that was found in its layers too is told with its place. */
  listFindings(digest: Digest, page: Page<ReportedPlace>): Promise<ReportedPage>;
  /** Images that the scanner has said nothing about since, in order of their digests. */
  listDue(due: { scanner: string; before: number } & Page<Digest>): Promise<Digest[]>;
  describe(scanner: string): Promise<ScannerState>;
  /** What other scanners said goes. Returns how many scans, `limit` at most. */
  keepOnly(scanners: readonly string[], limit: number): Promise<number>;
}
