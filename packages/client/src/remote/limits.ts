/** Every limit of the client towards a registry it does not trust (I6). */
import { manifestMaxBytes } from '@naru/oci/manifest';

export const remoteLimits = {
  manifestBytes: manifestMaxBytes,
  /** Of a page of a list: names of 255 characters, thousands at once. */
  pageBytes: 8 * 2 ** 20,
  pages: 10_000,
  listEntries: 1_000_000,
  errorBytes: 64 * 1024,
  tokenAnswerBytes: 256 * 1024,
  tokenLength: 64 * 1024,
  headerLength: 64 * 1024,
  redirects: 5,
  warnings: 16,
  warningLength: 512,
} as const;

export const remoteTimes = {
  /** Nobody waits longer for an answer to begin. */
  answerMs: 60_000,
  /** After the last byte of an upload a registry may hash it again before it answers. */
  commitMs: 15 * 60_000,
  /** Between two pieces of a body. */
  idleMs: 60_000,
} as const;
