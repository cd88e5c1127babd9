/** What packages say of their licences, as an expression of SPDX, where it is one. */
import parse from 'spdx-expression-parse';

const longestExpression = 512;

/** All licences together; undefined where one of them is no such expression, or none is said. */
export function findExpression(licences: readonly string[]): string | undefined {
  if (licences.length === 0 || !licences.every(isExpression)) return undefined;
  return licences.length === 1 ? licences[0] : licences.map((licence) => (/\s/.test(licence) ? `(${licence})` : licence)).join(' AND ');
}

/** References to licences in other documents mean nothing in a new one. */
export function isExpression(licence: string): boolean {
  if (licence.length > longestExpression || /LicenseRef-|DocumentRef-/.test(licence)) return false;
  try {
    parse(licence);
    return true;
  } catch {
    // It says no more than that it is none.
    return false;
  }
}
