/** What is known of CVEs besides: EPSS (how likely one is to be exploited) as CSV, and CISA's list of those that are. */
import { z } from 'zod';
import type { CveSignal } from '../../metadata/advisory-port.ts';
import { AdvisoryError } from './advisory-error.ts';
import { parseAs } from './parse-as.ts';
import { timeOf } from './osv.ts';

const cve = /^CVE-\d{4}-\d{4,10}$/;

export function isEpss(start: string): boolean {
  return /^(?:#[^\n]*\n)?cve,epss,percentile/.test(start.replaceAll('\r', ''));
}

/** `score_date` of the comment in its first line. */
export function dateOfEpss(start: string): number | undefined {
  return timeOf('at', /score_date:([0-9T:+-]{10,30})/.exec(start)?.[1]).at;
}

/** Throws AdvisoryError with the line. */
export async function* readEpss(bytes: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<CveSignal> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > 1000) throw new AdvisoryError(where, `line ${number + lines.length + 1}: is too long`);
    for (const line of lines) {
      number += 1;
      const signal = readLine(line.trim(), `${where}: line ${number}`);
      if (signal !== undefined) yield signal;
    }
  }
  const last = readLine(rest.trim(), `${where}: line ${number + 1}`);
  if (last !== undefined) yield last;
}

function readLine(line: string, where: string): CveSignal | undefined {
  if (line === '' || line.startsWith('#') || line.startsWith('cve,')) return undefined;
  const [name = '', epss = '', percentile = ''] = line.split(',');
  const values = [epss, percentile].map((text) => (/^[0-9.e+-]{1,24}$/i.test(text) ? Math.round(Number(text) * 1e6) : Number.NaN));
  if (!cve.test(name) || values.some((value) => !(value >= 0 && value <= 1e6)))
    throw new AdvisoryError(where, 'should be a CVE and two numbers between 0 and 1');
  return { cve: name, epss: values[0] ?? 0, percentile: values[1] ?? 0 };
}

const list = z.object({
  dateReleased: z.string().optional(),
  vulnerabilities: z.array(z.object({ cveID: z.string().regex(cve, 'is no CVE'), dateAdded: z.string().max(40) })).max(100_000),
});

export function isKev(value: object): boolean {
  return 'vulnerabilities' in value && 'catalogVersion' in value;
}

/** Throws AdvisoryError. */
export function readKev(value: unknown, where: string): { dataAt: number | undefined; signals: CveSignal[] } {
  const parsed = parseAs(list, value, where, 'CISA');
  const signals = parsed.vulnerabilities.map(({ cveID, dateAdded }) => ({ cve: cveID, exploitedSince: dateAdded }));
  return { dataAt: timeOf('at', parsed.dateReleased).at, signals };
}
