/** Words that look like secrets: by their names, or by the shapes that known services give them. */

const names = /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)/i;
/** What only says where a secret is, or how long it is good. */
const harmless = /_(?:FILE|PATH|DIR|URL|NAME|ID|TTL|LENGTH|HEADER|TYPE|EXPIRY)$/i;
const shapes = [
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}/,
  /\bgithub_pat_\w{22,}/,
  /\bglpat-[\w-]{20,}/,
  /\bxox[abprs]-[\w-]{10,}/,
  /\bsk_live_\w{16,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bnaru_\w{20,}/,
  /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s@]+@/,
];

/** Of `NAME=value`, when it looks like a secret: the name. A value that is another variable's is none. */
export function findSecretName(entry: string): string | undefined {
  const equals = entry.indexOf('=');
  const name = entry.slice(0, Math.max(equals, 0)).replace(/^['"]/, '');
  const value = entry.slice(equals + 1).replace(/^['"]|['"]$/g, '');
  if (!/^[A-Za-z_]\w{0,127}$/.test(name) || value === '' || value.startsWith('$')) return undefined;
  return (names.test(name) && !harmless.test(name)) || shapes.some((shape) => shape.test(value)) ? name : undefined;
}

export function withoutSecrets(text: string): string {
  return text.replaceAll(/\S+=\S+/g, (word) => (findSecretName(word) === undefined ? word : `${word.slice(0, word.indexOf('='))}=…`));
}
