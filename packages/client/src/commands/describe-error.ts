/** An error for people: what went wrong, and on the next line what to do about it. */
import { isRemoteError } from '../remote/remote-error.ts';

/** With the line ends. */
export function describeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `naru: ${message}\n${isRemoteError(error) && error.remedy !== undefined ? `${error.remedy}\n` : ''}`;
}
