/**
 * What secrets look like. A rule is about a form that its maker published, so that a hit means something; each
 * expression has bounds on every repetition, for it runs over bytes of strangers.
 */
import { crc32 } from 'node:zlib';

export type SecretRule = {
  readonly id: string;
  readonly title: string;
  /** Global; its first group, or all of it, is the secret. */
  readonly expression: RegExp;
  /** Letters of the secret that may be shown: those that every secret of this form begins with. */
  readonly shown: number;
  /** Is it one, beyond its form? `checked`: a checksum in it says so. */
  judge(secret: string): 'no' | 'likely' | 'checked';
};

export const secretRules: readonly SecretRule[] = [
  rule('aws-access-key', 'access key of Amazon Web Services', /\b((?:AKIA|ASIA)[A-Z2-7]{16})\b/g, 4, random(3)),
  rule(
    'aws-secret-key',
    'secret key of Amazon Web Services',
    /aws_?secret_?(?:access_?)?key["']?\s{0,8}[=:]\s{0,8}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])/gi,
    0,
    random(4),
  ),
  rule('github-token', 'token of GitHub', /\b(gh[pousr]_[A-Za-z0-9]{36})\b/g, 4, checksummed),
  rule('github-token', 'token of GitHub', /\b(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b/g, 11, random(4)),
  rule('gitlab-token', 'token of GitLab', /\b(glpat-[A-Za-z0-9_-]{20})(?![A-Za-z0-9_-])/g, 6, random(3)),
  rule('npm-token', 'token of npm', /\b(npm_[A-Za-z0-9]{36})\b/g, 4, checksummed),
  rule('pypi-token', 'token of PyPI', /\b(pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,200})/g, 5, random(4)),
  rule('slack-token', 'token of Slack', /\b(xox[baprs]-[0-9]{8,14}-[0-9A-Za-z-]{10,80})/g, 5, random(3)),
  rule('stripe-key', 'live key of Stripe', /\b([sr]k_live_[0-9A-Za-z]{24,99})\b/g, 8, random(3)),
  rule('google-api-key', 'API key of Google', /\b(AIza[0-9A-Za-z_-]{35})(?![0-9A-Za-z_-])/g, 4, random(3)),
  rule('sendgrid-key', 'key of SendGrid', /\b(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/g, 3, random(4)),
  rule('azure-storage-key', 'account key of Azure Storage', /AccountKey=([A-Za-z0-9+/]{86}==)/g, 0, random(4)),
  rule('url-password', 'password in an address', /\b[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>]{1,64}:([^\s/@"'<>]{3,128})@/g, 0, (secret) =>
    isPlaceholder(secret) ? 'no' : 'likely',
  ),
  rule('registry-login', 'login for a registry', /"auth"\s{0,8}:\s{0,8}"([A-Za-z0-9+/]{8,2048}={0,2})"/g, 0, login),
];

function rule(id: string, title: string, expression: RegExp, shown: number, judge: SecretRule['judge']): SecretRule {
  return { id, title, expression, shown, judge };
}

/** At least so many bits a letter, and nothing that says that it is an example. */
function random(bits: number): SecretRule['judge'] {
  return (secret) => (isPlaceholder(secret) || entropyOf(secret) < bits ? 'no' : 'likely');
}

/** The last six letters are the CRC-32 of those before and after the prefix, to the base of 62. Other makers may count otherwise. */
function checksummed(secret: string): 'no' | 'likely' | 'checked' {
  if (random(3)(secret) === 'no') return 'no';
  const body = secret.slice(secret.indexOf('_') + 1);
  return toBase62(crc32(body.slice(0, -6))).padStart(6, '0') === body.slice(-6) ? 'checked' : 'likely';
}

export function toBase62(number: number): string {
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let text = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) text = `${letters[rest % 62]}${text}`;
  return text;
}

/** `user:password` in base64. */
function login(secret: string): 'no' | 'likely' {
  const [user = '', ...password] = Buffer.from(secret, 'base64').toString('latin1').split(':');
  const text = password.join(':');
  return /^[\u0020-\u007E]{1,200}$/.test(user) && /^[\u0020-\u007E]{3,}$/.test(text) && !isPlaceholder(text) ? 'likely' : 'no';
}

/** What documents and templates put where a secret goes. */
export function isPlaceholder(text: string): boolean {
  return (
    /example|changeme|change_me|placeholder|your[_-]|dummy|redacted|^(?:pass(?:word|wd)?|pwd|secret|token|user|null|none|undefined|true|false)$/i.test(text) ||
    /^[$%{<[(]|\$\{|\{\{|%[sv]/.test(text) ||
    /^(.)\1*$|[x*.]{6,}/i.test(text)
  );
}

/** In bits a letter, as Shannon has it. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
