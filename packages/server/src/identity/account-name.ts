/**
 * Names of users and organisations: the first part of their repositories' names, in one space.
 *
 *     name := [a-z0-9]+ (("." | "_" | "__" | "-"+) [a-z0-9]+)*        2 to 64 characters
 */
import { RegistryError } from '@naru/oci/registry-error';
import { isRepositoryName } from '@naru/oci/repository-name';

export const accountNameMaxLength = 64;

/** Docker's own namespace, words of our addresses, and what a log calls others than users. */
const reserved = new Set(
  `library anonymous operator collection system root-operator v1 v2 api token auth oauth login logout signup sign-up sign-in sessions settings search explore new import
  admin administrator administrators u o r user users org orgs organisation organisations organization organizations team teams robot robots ci metrics healthz readyz
  assets static public private internal help docs about well-known naru official verified everybody latest`
    .split(/\s+/)
    .filter(Boolean),
);

/** Throws REQUEST_INVALID with what is wrong. Upper case is lowered: Docker's clients do not know it. */
export function parseAccountName(text: string): string {
  const name = text.trim().toLowerCase();
  const problem = findProblem(name);
  if (problem !== undefined) throw new RegistryError('REQUEST_INVALID', { message: problem, detail: { field: 'name' } });
  return name;
}

function findProblem(name: string): string | undefined {
  if (name.length < 2 || name.length > accountNameMaxLength) return `a name has 2 to ${accountNameMaxLength} characters`;
  if (name.includes('/') || !isRepositoryName(name)) return 'a name is made of a to z and 0 to 9, parted by single ., _ or -';
  // A digest in hexadecimal would be taken for one.
  if (/^[0-9a-f]{64}$/.test(name)) return 'a name must not look like a digest';
  return reserved.has(name) ? `the name ${name} is reserved` : undefined;
}

/** What e-mail addresses have in common; whether one works is shown by the mail. Throws REQUEST_INVALID. */
export function parseEmail(text: string): string {
  const email = text.trim().toLowerCase();
  // No control characters or spaces: it goes into a header. (RFC 5321 4.5.3.1.3: 256 characters with brackets.)
  if (email.length > 254 || !/^[^\s@<>,;:"()[\]\\]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(email) || !isPrintable(email)) {
    throw new RegistryError('REQUEST_INVALID', { message: 'this is not an e-mail address', detail: { field: 'email' } });
  }
  return email;
}

function isPrintable(text: string): boolean {
  return !/\p{C}/u.test(text);
}
