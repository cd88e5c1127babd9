/** What a password must be: long enough, and not what everybody tries first (NIST SP 800-63B 5.1.1). No rules on its characters. */
import { RegistryError } from '@naru/oci/registry-error';

export const passwordMinLength = 8;
/** A longer one is an attack on the hash. */
export const passwordMaxBytes = 1024;

/** Tried first by everybody, and long enough to pass otherwise. */
const common = new Set(
  `password password1 password12 password123 passw0rd p@ssw0rd p@ssword 12345678 123456789 1234567890 87654321 987654321 11111111 00000000 88888888 12341234
  qwertyui qwertyuiop qwerty123 qwerty12 1q2w3e4r 1q2w3e4r5t q1w2e3r4 1qaz2wsx zaq12wsx asdfghjk asdfghjkl zxcvbnm1 iloveyou iloveyou1 sunshine
  princess football baseball superman trustno1 letmein1 letmein123 welcome1 welcome123 changeme changeme1 administrator admin123 admin1234 adminadmin
  abcd1234 abc12345 abcdefgh aaaaaaaa dragon123 monkey123 master123 shadow123 michael1 computer internet whatever starwars mustang1 access14
  harbor12345 registry docker123 dockerdocker naruto123 password! password1! qwer1234 asdf1234 zxcv1234 dlsrkswjdqh tkfkdgo`
    .split(/\s+/)
    .filter(Boolean),
);

/** Throws REQUEST_INVALID with what is wrong. */
export function checkPassword(password: string, about: { readonly name: string; readonly email?: string | undefined }): void {
  const plain = password.normalize('NFC').toLowerCase();
  const problem = findProblem(plain, Buffer.byteLength(password), about);
  if (problem !== undefined) throw new RegistryError('REQUEST_INVALID', { message: problem, detail: { field: 'password' } });
}

function findProblem(plain: string, bytes: number, { name, email }: { name: string; email?: string | undefined }): string | undefined {
  if (Array.from(plain).length < passwordMinLength) return `a password needs at least ${passwordMinLength} characters`;
  if (bytes > passwordMaxBytes) return `a password has at most ${passwordMaxBytes} bytes`;
  if (common.has(plain)) return 'this password is among the first that everybody tries';
  if (plain === name || plain === email || plain === email?.split('@')[0]) return 'a password must not be the name or the e-mail address';
  return new Set(plain).size < 3 ? 'a password needs more than two different characters' : undefined;
}
