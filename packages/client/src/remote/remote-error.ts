/**
 * What went wrong with a registry, in Docker's words, because people search for those and scripts
 * match them. `remedy` is ours: what to do next, which is printed on a line of its own.
 */
import { parseErrorBody, type WireError } from '@naru/oci/error-body';
import type { Remedy } from './remedy.ts';

export type RemoteErrorKind =
  /** Nobody there. */
  | 'unreachable'
  /** The connection was lost. */
  | 'network'
  /** The certificate is not trusted. */
  | 'tls'
  /** What answers on this port does not speak TLS. */
  | 'not-tls'
  /** Plain HTTP, where it is not allowed. */
  | 'plain-http'
  | 'unauthorized'
  | 'denied'
  | 'not-found'
  | 'rate-limited'
  | 'precondition'
  | 'range'
  | 'refused'
  | 'unavailable'
  /** It answers what the specification does not allow. */
  | 'broken-answer'
  /** The bytes are not those of the digest. */
  | 'wrong-content';

export type RemoteErrorOptions = {
  readonly status?: number;
  readonly errors?: readonly WireError[];
  readonly remedy?: Remedy;
  readonly retryAfterMs?: number;
  /** May the same request succeed later? */
  readonly retryable?: boolean;
  readonly cause?: unknown;
};

export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly kind: RemoteErrorKind;
  readonly status: number | undefined;
  /** As the registry gave them. */
  readonly errors: readonly WireError[];
  readonly remedy: Remedy | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;

  constructor(kind: RemoteErrorKind, message: string, options: RemoteErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
    this.errors = options.errors ?? [];
    this.remedy = options.remedy;
    this.retryAfterMs = options.retryAfterMs;
    this.retryable = options.retryable ?? false;
  }
}

export function isRemoteError(error: unknown, ...kinds: readonly RemoteErrorKind[]): error is RemoteError {
  return error instanceof RemoteError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** Of an answer that is no success. `text` is its body, already bounded. */
export function answerError(status: number, text: string, options: { retryAfterMs?: number } = {}): RemoteError {
  const errors = parseErrorBody(text);
  return new RemoteError(kindOf(status), messageOf(status, errors), { status, errors, retryable: isRetryableStatus(status), ...options });
}

/** 501 and 505 stay as they are; 507 needs an operator, 511 a log-in page. */
export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && ![501, 505, 507, 508, 510, 511].includes(status));
}

/** Docker writes a code in lower case with blanks, a colon, and the registry's text. */
export function wireErrorText({ code, message }: WireError): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return printable(message === '' ? words : code === 'UNKNOWN' ? message : `${words}: ${message}`);
}

/** A stranger's text must not move the cursor, forge a line or colour the terminal. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\0-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ');
}

/** Without user and password, which an address may carry. */
export function printableUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  // Upload state and signatures of object stores stand in the query.
  shown.search = '';
  return shown.href;
}

function messageOf(status: number, errors: readonly WireError[]): string {
  if (errors.length === 1) return errors.map(wireErrorText).join('');
  if (errors.length > 1) return `errors:\n${errors.map((error) => `${wireErrorText(error)}\n`).join('')}`.trimEnd();
  if (status === 401) return 'unauthorized: authentication required';
  if (status === 403) return 'denied: requested access to the resource is denied';
  return `received unexpected HTTP status: ${statusLine(status)}`;
}

export function statusLine(status: number): string {
  const text = statusTexts[status];
  return text === undefined ? String(status) : `${status} ${text}`;
}

const statusTexts: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  416: 'Requested Range Not Satisfiable',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
};

function kindOf(status: number): RemoteErrorKind {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'denied';
    case 404:
      return 'not-found';
    case 412:
      return 'precondition';
    case 416:
      return 'range';
    case 429:
      return 'rate-limited';
    default:
      return status >= 500 ? 'unavailable' : 'refused';
  }
}
