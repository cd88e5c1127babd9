/** Names for an account of ours, made of what somebody is called elsewhere. */
import { nameEndingLength, newNameEnding } from '../../runtime/ids.ts';
import { accountNameMaxLength, parseAccountName } from '../account-name.ts';

const numberedMax = 20;
/** Among so many nobody has them all. */
const otherMax = 5;

/**
 * `Kim.Lee@example.com` → `kim.lee`, `kim.lee-2`, `kim.lee-3` …, and `kim.lee-` with some letters at last. Of what has
 * not even a letter that can be kept: `member`, and so on.
 */
export function* proposeAccountNames(wanted: string): Generator<string> {
  const name = plainName(wanted) || 'member';
  for (let number = 1; number <= numberedMax; number++) {
    const proposal = number === 1 ? name : `${name}-${number}`;
    if (isAccountName(proposal)) yield proposal;
  }
  for (let number = 0; number < otherMax; number++) yield `${name}-${newNameEnding()}`;
}

function plainName(wanted: string): string {
  return wanted
    .replace(/@.*$/s, '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/[._-]*-[._-]*|\.[._]+|_[._]*\.[._]*|_{3,}/g, '-')
    .slice(0, accountNameMaxLength - 1 - nameEndingLength)
    .replaceAll(/^[._-]+|[._-]+$/g, '');
}

function isAccountName(name: string): boolean {
  try {
    return parseAccountName(name) === name;
  } catch {
    return false;
  }
}
