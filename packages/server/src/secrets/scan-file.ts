/**
 * Secrets in one file of a layer, as it streams by. Long lines are looked at in parts that overlap, binary
 * files not at all, and nothing of a secret is kept but its masked form.
 */
import { type SecretRule, secretRules } from './secret-rules.ts';

export type SecretFinding = {
  readonly rule: string;
  readonly title: string;
  /** From 1. */
  readonly line: number;
  readonly masked: string;
  /** `checked`: a checksum inside it is right. */
  readonly certainty: 'likely' | 'checked';
};

export type SecretScan = {
  readonly findings: readonly SecretFinding[];
  /** `cut`: the limit of bytes or findings was reached, and the rest is unknown. */
  readonly state: 'whole' | 'cut' | 'binary';
};

export type SecretLimits = { readonly maxBytes: number; readonly findingsMax: number };

export const secretLimits: SecretLimits = { maxBytes: 16 * 2 ** 20, findingsMax: 100 };

const partLetters = 8192;
/** No secret that a rule knows is longer. */
const overlapLetters = 2560;
const binaryProbeBytes = 8192;

export async function scanFile(content: AsyncIterable<Uint8Array>, limits: SecretLimits = secretLimits): Promise<SecretScan> {
  const scanner = createScanner();
  let pending = '';
  let length = 0;
  for await (const piece of content) {
    const probe = piece.subarray(0, Math.max(0, binaryProbeBytes - length));
    if (probe.includes(0)) return { findings: [], state: 'binary' };
    const taken = piece.subarray(0, limits.maxBytes - length);
    length += taken.byteLength;
    const text = pending + Buffer.from(taken.buffer, taken.byteOffset, taken.byteLength).toString('latin1');
    pending = takeLines(text, scanner);
    const isCut = taken.byteLength < piece.byteLength;
    if (scanner.findings.length > limits.findingsMax || isCut) {
      if (isCut) scanner.part(pending, true);
      return { findings: scanner.findings.slice(0, limits.findingsMax), state: 'cut' };
    }
  }
  scanner.part(pending, true);
  return { findings: scanner.findings.slice(0, limits.findingsMax), state: scanner.findings.length > limits.findingsMax ? 'cut' : 'whole' };
}

/** One text, for example the value of a variable. */
export function scanText(text: string): readonly SecretFinding[] {
  const scanner = createScanner();
  scanner.part(takeLines(text, scanner), true);
  return scanner.findings.slice(0, secretLimits.findingsMax);
}

type Scanner = { readonly findings: SecretFinding[]; part(text: string, isEndOfLine: boolean): void };

/** Gives what is left: the beginning of a line whose end did not come yet. */
function takeLines(text: string, scanner: Scanner): string {
  let start = 0;
  for (;;) {
    const end = text.indexOf('\n', start);
    const until = end < 0 ? text.length : end;
    while (until - start > partLetters) {
      scanner.part(text.slice(start, start + partLetters), false);
      start += partLetters - overlapLetters;
    }
    if (end < 0) return text.slice(start);
    scanner.part(text.slice(start, end), true);
    start = end + 1;
  }
}

function createScanner(): Scanner {
  const findings: SecretFinding[] = [];
  /** In which lines what was found already: parts of a line overlap. */
  let ofLine = new Set<string>();
  let line = 1;
  let key: { line: number; left: number } | undefined;

  function add(rule: Pick<SecretRule, 'id' | 'title' | 'shown'>, secret: string, at: number, certainty: SecretFinding['certainty']): void {
    const { id, title, shown } = rule;
    if (ofLine.has(`${id} ${secret}`) || findings.length > 1000) return;
    ofLine.add(`${id} ${secret}`);
    findings.push({ rule: id, title, line: at, masked: `${secret.slice(0, shown)}…`, certainty });
  }

  /** The line alone is in many a document and program; a key is one with base64 behind it. */
  function findKey(text: string): void {
    const [begin, kind = ''] = /-----BEGIN ((?:[A-Z]{2,9} ){0,2}PRIVATE KEY)(?: BLOCK)?-----/.exec(text) ?? [];
    if (begin !== undefined) key = { line, left: 8 };
    if (key === undefined) return;
    const body = begin === undefined ? text : text.slice(text.indexOf(begin) + begin.length);
    if (/(?:^|[^A-Za-z0-9+/])[A-Za-z0-9+/]{40}/.test(body)) {
      add({ id: 'private-key', title: 'private key', shown: 0 }, `${kind}${body.slice(0, 80)}`, key.line, 'likely');
      key = undefined;
    } else if (--key.left === 0 || body.includes('-----END')) key = undefined;
  }

  return {
    findings,
    part(text, isEndOfLine) {
      if (text.length >= 8) {
        findKey(text);
        for (const rule of secretRules) {
          for (const match of text.matchAll(rule.expression)) {
            const secret = match[1] ?? match[0];
            const verdict = rule.judge(secret);
            if (verdict !== 'no') add(rule, secret, line, verdict);
          }
        }
      }
      if (!isEndOfLine) return;
      line++;
      if (ofLine.size > 0) ofLine = new Set();
    },
  };
}
