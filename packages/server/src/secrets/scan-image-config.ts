/** Secrets in what an image says of itself: its environment, its labels and the steps of its history. */
import { scanText, type SecretFinding } from './scan-file.ts';
import { entropyOf, isPlaceholder } from './secret-rules.ts';

export type ConfigFinding = Omit<SecretFinding, 'line'> & {
  /** `environment DB_PASSWORD`, `label x`, `history 3`, which counts from 1. */
  readonly where: string;
};

export type ImageWords = {
  /** `NAME=value`. */
  readonly environment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** What each step ran, the first one first. */
  readonly history: readonly string[];
};

const textsMax = 2000;
const longestText = 65_536;

export function scanImageConfig({ environment, labels, history }: ImageWords): readonly ConfigFinding[] {
  const found = [
    ...environment.slice(0, textsMax).flatMap((text) => findIn(text, `environment ${nameOf(text)}`, assignments(text.slice(0, longestText)))),
    ...Object.entries(labels)
      .slice(0, textsMax)
      .flatMap(([name, text]) => findIn(text, `label ${name}`, [])),
    ...history.slice(0, textsMax).flatMap((text, index) => findIn(text, `history ${index + 1}`, spoken(text.slice(0, longestText)))),
  ];
  return found.slice(0, textsMax);
}

function nameOf(text: string): string {
  return text.split('=', 1)[0]?.slice(0, 200) ?? '';
}

function findIn(text: string, where: string, named: readonly string[]): ConfigFinding[] {
  const known = scanText(text.slice(0, longestText)).map(({ rule, title, masked, certainty }) => ({ rule, title, masked, certainty, where }));
  // A variable's name tells less than a form that its maker published.
  if (known.length > 0) return known;
  return named.map((name) => ({ rule: 'named-secret', title: `value of ${name}`, masked: '…', certainty: 'likely', where }));
}

const secretName = /(?:password|passwd|secret|token|api_?key|private_?key|access_?key|credentials?)$/i;

function assignments(text: string): string[] {
  const at = text.indexOf('=');
  return at > 0 && isNamedSecret(text.slice(0, at), text.slice(at + 1)) ? [text.slice(0, Math.min(at, 200))] : [];
}

/** `ENV A=b`, `|1 TOKEN=x /bin/sh -c …`, `export A=b`. */
function spoken(text: string): string[] {
  const names = [...text.matchAll(/(?<![A-Za-z0-9_])([A-Za-z_][A-Za-z0-9_]{0,63})=["']?([^\s"';&|]{1,256})/g)]
    .filter(([, name = '', value = '']) => isNamedSecret(name, value))
    .map(([, name = '']) => name);
  return [...new Set(names)];
}

function isNamedSecret(name: string, value: string): boolean {
  return secretName.test(name) && value.length >= 8 && !isPlaceholder(value) && !/^(?:\/|\.\/|file:|https?:)/.test(value) && entropyOf(value) >= 2.5;
}
