/** What goes wrong with the local store. */
export type StoreErrorKind =
  /** A newer Naru wrote it. */
  | 'newer'
  | 'read-only'
  | 'full'
  /** Others hold the lock for too long. */
  | 'busy'
  /** The folder holds something else. */
  | 'foreign'
  | 'damaged'
  /** Bytes that are not what their digest or their config says. */
  | 'wrong-content'
  | 'not-found';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
  }
}

const fileCodes: Readonly<Record<string, StoreErrorKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
  ENOTDIR: 'foreign',
  EEXIST: 'foreign',
  EISDIR: 'damaged',
  EIO: 'damaged',
};

/** SQLite's primary result codes. */
const sqliteCodes: Readonly<Record<number, StoreErrorKind>> = {
  3: 'read-only',
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  10: 'damaged',
  11: 'damaged',
  13: 'full',
  14: 'read-only',
  26: 'damaged',
};

/** What is wrong with the folder; what to do about it is said by whoever prints it. */
const facts: Readonly<Record<StoreErrorKind, string>> = {
  newer: 'was written by a newer Naru',
  'read-only': 'it cannot be written',
  full: 'no space left on device',
  busy: 'another process holds it',
  foreign: 'it is not a folder of Naru',
  damaged: 'it is damaged, or its medium fails',
  'wrong-content': 'its content is not what it should be',
  'not-found': 'something is missing from it',
};

/** Anything that is not the medium's or the database's fault comes back as it is. */
export function storeError(cause: unknown, root: string): unknown {
  if (cause instanceof StoreError) return cause;
  const kind = kindOf(cause);
  return kind === undefined ? cause : new StoreError(kind, `the image store in ${root}: ${facts[kind]} (${describe(cause)})`, { cause });
}

export function newerStore(root: string, version: number, known: number): StoreError {
  return new StoreError('newer', `the image store in ${root} ${facts.newer} (store version ${version}; this one knows ${known})`);
}

export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function kindOf(cause: unknown): StoreErrorKind | undefined {
  if (!(cause instanceof Error)) return undefined;
  if ('errcode' in cause && typeof cause.errcode === 'number') return sqliteCodes[cause.errcode & 0xff];
  return 'code' in cause && typeof cause.code === 'string' ? fileCodes[cause.code] : undefined;
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'errcode' in cause || !('code' in cause) ? cause.message : String(cause.code);
}
