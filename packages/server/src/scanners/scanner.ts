/** What every scanner of others is to the jobs that give it images, and what it says when it comes to nothing. */
import type { Digest } from '@naru/oci/digest';
import type { ReportedFinding, Scan } from '../metadata/scanner-port.ts';

export type ScanReport = { readonly scanner: string; readonly findings: readonly ReportedFinding[] };

/** What a scanner says of itself. */
export type ScannerWords = { readonly scanner: string; readonly consumes: readonly string[]; readonly report: string };

export type Scanner = {
  /** Stands in rows and in the kinds of jobs. */
  readonly name: string;
  /** For people. */
  readonly url: string;
  readonly timeoutMs: number;
  /** Throws ScannerError. */
  describe(signal: AbortSignal): Promise<ScannerWords>;
  /** `known`: what it said before, and what is under way. Undefined: nobody holds the image any more. Throws ScannerError. */
  scan(image: Digest, known: Scan | undefined, signal: AbortSignal): Promise<ScanReport | undefined>;
};

export type ScannerErrorOptions = ErrorOptions & {
  /** Whether a scan that is under way is lost. */
  readonly isOver?: boolean;
  /** No other try can end better. */
  readonly isFinal?: boolean;
};

/** The message is for people, and names no secret. */
export class ScannerError extends Error {
  override readonly name = 'ScannerError';
  readonly isOver: boolean;
  readonly isFinal: boolean;

  constructor(message: string, { isOver = true, isFinal = false, ...options }: ScannerErrorOptions = {}) {
    super(message, options);
    this.isOver = isOver;
    this.isFinal = isFinal;
  }
}
