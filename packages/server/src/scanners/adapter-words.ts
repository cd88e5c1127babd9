/** What adapters say, read at the border: their metadata, and their reports (Harbor's pluggable scanners, API 1.2). */
import type { Digest } from '@naru/oci/digest';
import { z } from 'zod';
import { severities } from '../metadata/advisory-port.ts';
import type { ReportedFinding } from '../metadata/scanner-port.ts';
import { ScannerError, type ScanReport } from './scanner.ts';

export const metadataType = 'application/vnd.scanner.adapter.metadata+json; version=1.1, application/vnd.scanner.adapter.metadata+json; version=1.0';
export const requestType = 'application/vnd.scanner.adapter.scan.request+json; version=1.0';
export const acceptedType = 'application/vnd.scanner.adapter.scan.response+json; version=1.0';
/** The one that is liked best first. */
export const reportTypes = [
  'application/vnd.security.vulnerability.report; version=1.1',
  'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0',
] as const;

/** Of one report (I6). */
export const reportedMax = 20_000;

const word = (length: number) => z.string().transform((text) => clean(text).slice(0, length));
const scannerWords = z.object({ name: word(100).default(''), vendor: word(100).default(''), version: word(100).default('') });

const metadata = z.object({
  scanner: scannerWords,
  capabilities: z
    .array(
      z.object({
        type: z.string().default('vulnerability'),
        consumes_mime_types: z.array(z.string().max(512)).max(100),
        produces_mime_types: z.array(z.string().max(512)).max(100),
      }),
    )
    .max(100),
});

export type AdapterMetadata = { readonly scanner: string; readonly consumes: readonly string[]; readonly reportType: string };

/** Throws ScannerError. */
export function readMetadata(value: unknown): AdapterMetadata {
  const { scanner, capabilities } = read(metadata, value, 'its metadata');
  for (const reportType of reportTypes) {
    const able = capabilities.filter((one) => one.type === 'vulnerability' && one.produces_mime_types.some((type) => isSame(type, reportType)));
    if (able.length > 0) return { scanner: nameOf(scanner), consumes: able.flatMap((one) => one.consumes_mime_types), reportType };
  }
  throw new ScannerError('it makes no report of vulnerabilities that is understood here');
}

/** Throws ScannerError. */
export function readAccepted(value: unknown): string {
  return read(z.object({ id: z.string().min(1).max(512) }), value, 'its answer to a scan').id;
}

const report = z.object({
  artifact: z.object({ digest: z.string().optional() }).nullish(),
  scanner: scannerWords.nullish(),
  vulnerabilities: z
    .array(
      z.object({
        id: word(256),
        package: word(512),
        version: word(512).nullish(),
        fix_version: word(512).nullish(),
        severity: z.string().nullish(),
        description: word(1000).nullish(),
        links: z.array(z.string()).nullish(),
        preferred_cvss: z.object({ score_v3: z.number().nullish(), score_v2: z.number().nullish() }).nullish(),
      }),
    )
    .max(reportedMax, `more than ${reportedMax} vulnerabilities`)
    .nullish(),
});

/** Throws ScannerError, also for a report about another image. */
export function readReport(value: unknown, image: Digest): ScanReport {
  const { artifact, scanner, vulnerabilities } = read(report, value, 'its report');
  if (artifact?.digest !== undefined && artifact.digest !== image) throw new ScannerError('its report is about another image');
  const findings = (vulnerabilities ?? []).map((one): ReportedFinding => {
    const score = one.preferred_cvss?.score_v3 ?? one.preferred_cvss?.score_v2 ?? undefined;
    const url = one.links?.find((link) => link.length <= 2048 && /^https?:\/\/\S+$/.test(link)) ?? '';
    return {
      vulnerability: one.id,
      package: one.package,
      version: one.version ?? '',
      severity: severities.find((severity) => severity === one.severity?.toLowerCase()) ?? 'unknown',
      fixed: one.fix_version ?? '',
      summary: one.description ?? '',
      url,
      ...(score !== undefined && score >= 0 && score <= 10 && { score: Math.round(score * 10) }),
    };
  });
  if (findings.some(({ vulnerability, package: name }) => vulnerability === '' || name === '')) {
    throw new ScannerError('its report has a vulnerability without a name or a package');
  }
  return { scanner: scanner ? nameOf(scanner) : '', findings };
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ScannerError(`${what} is not understood: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`);
}

function nameOf({ name, vendor, version }: z.output<typeof scannerWords>): string {
  return [vendor, name, version].filter((text) => text !== '').join(' ');
}

/** Parameters may stand with or without a space. */
function isSame(one: string, other: string): boolean {
  return one.replaceAll(' ', '').toLowerCase() === other.replaceAll(' ', '').toLowerCase();
}

/** These stand in rows, in pages and in terminals. */
function clean(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .toWellFormed()
    .trim();
}
