/** Names for an account of ours, made of what somebody is called elsewhere. */
import { accountNameMaxLength, parseAccountName } from '../account-name.ts';

const proposalsMax = 50;

/** `Kim.Lee@example.com` → `kim.lee`, `kim.lee-2`, `kim.lee-3` … Nothing when not even a letter can be kept. */
export function* proposeAccountNames(wanted: string): Generator<string> {
  const name = plainName(wanted);
  if (name === '') return;
  for (let number = 1; number <= proposalsMax; number++) {
    const proposal = number === 1 ? name : `${name}-${number}`;
    if (isAccountName(proposal)) yield proposal;
  }
}

/** The name that an address stands for, if it may be one; not one like it, for its owner is there to be asked. */
export function findAccountName(email: string): string | undefined {
  const name = plainName(email);
  return isAccountName(name) ? name : undefined;
}

function plainName(wanted: string): string {
  return wanted
    .replace(/@.*$/s, '')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/[._-]*-[._-]*|\.[._]+|_[._]*\.[._]*|_{3,}/g, '-')
    .slice(0, accountNameMaxLength - 3)
    .replaceAll(/^[._-]+|[._-]+$/g, '');
}

function isAccountName(name: string): boolean {
  try {
    return parseAccountName(name) === name;
  } catch {
    return false;
  }
}
