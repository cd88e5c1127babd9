/**
 * Every error that a registry of ours can answer with: one closed table.
 *
 * The key is our own name for the cause. `wire` is what the client reads in
 * `errors[].code` (distribution-spec "Error Codes", plus the codes that stock
 * registries send beside them), so that two causes can share a wire code and
 * still differ in status. The status stands here as data, because the client
 * reads the same table backwards; only `http/errors.ts` turns it into a reply.
 */
export type ErrorCode = keyof typeof errorTable;

export type ErrorEntry = {
  readonly wire: string;
  readonly status: number;
  /** Default text. Docker prints `<wire code in lower case>: <message>`, so these are what its users know. */
  readonly message: string;
  /** Where the code comes from: the spec's id, an RFC, or "naru". */
  readonly source: string;
  /** May the same request succeed later without a change by the client? */
  readonly retryable: boolean;
};

export const errorTable = {
  BLOB_UNKNOWN: entry('BLOB_UNKNOWN', 404, 'blob unknown to registry', 'code-1'),
  UPLOAD_INVALID: entry('BLOB_UPLOAD_INVALID', 400, 'blob upload invalid', 'code-2'),
  UPLOAD_OUT_OF_ORDER: entry('BLOB_UPLOAD_INVALID', 416, 'chunk does not start where the upload ends', 'code-2'),
  UPLOAD_BUSY: entry('BLOB_UPLOAD_INVALID', 409, 'another request is writing to this upload', 'code-2', true),
  UPLOAD_UNKNOWN: entry('BLOB_UPLOAD_UNKNOWN', 404, 'blob upload unknown to registry', 'code-3'),
  DIGEST_INVALID: entry('DIGEST_INVALID', 400, 'provided digest did not match uploaded content', 'code-4'),
  MANIFEST_BLOB_UNKNOWN: entry('MANIFEST_BLOB_UNKNOWN', 400, 'manifest references content that this repository does not hold', 'code-5'),
  MANIFEST_INVALID: entry('MANIFEST_INVALID', 400, 'manifest invalid', 'code-6'),
  MANIFEST_TOO_LARGE: entry('MANIFEST_INVALID', 413, 'manifest is larger than the registry accepts', 'code-6'),
  MANIFEST_UNKNOWN: entry('MANIFEST_UNKNOWN', 404, 'manifest unknown', 'code-7'),
  NAME_INVALID: entry('NAME_INVALID', 400, 'invalid repository name', 'code-8'),
  NAME_UNKNOWN: entry('NAME_UNKNOWN', 404, 'repository name not known to registry', 'code-9'),
  SIZE_INVALID: entry('SIZE_INVALID', 400, 'provided length did not match content length', 'code-10'),
  UNAUTHORIZED: entry('UNAUTHORIZED', 401, 'authentication required', 'code-11'),
  /** What was shown is genuine, and was taken back since: another token for the same log-in is not to be had. */
  CREDENTIAL_REVOKED: entry('UNAUTHORIZED', 401, 'the account or its token is no longer valid', 'code-11'),
  SIGN_IN_UNAVAILABLE: entry('UNAVAILABLE', 503, 'the directory of people cannot be asked now: try again later', 'naru', true),
  DENIED: entry('DENIED', 403, 'requested access to the resource is denied', 'code-12'),
  /** The caller, whoever it is, may not: answered with a challenge, so that a client can come back as somebody who may. */
  ACCESS_DENIED: entry('DENIED', 401, 'requested access to the resource is denied', 'code-12'),
  /** The same, where coming back as the same caller would not help. */
  ACCESS_REFUSED: entry('DENIED', 403, 'requested access to the resource is denied', 'code-12'),
  CONTENT_REFERENCED: entry('DENIED', 405, 'content is referenced by a manifest of this repository', 'code-12'),
  UNSUPPORTED: entry('UNSUPPORTED', 405, 'the operation is unsupported', 'code-13'),
  TOO_MANY_REQUESTS: entry('TOOMANYREQUESTS', 429, 'too many requests', 'code-14', true),
  TAG_INVALID: entry('TAG_INVALID', 400, 'invalid tag', 'docker'),
  /** A rule that the repository has for its tags. With a message of its own, which docker prints behind `denied:`. */
  TAG_REFUSED: entry('DENIED', 403, 'a rule of this repository refuses the tag', 'naru'),
  /** A policy keeps it from being pulled. With a message of its own, which docker prints behind `denied:`. */
  PULL_BLOCKED: entry('DENIED', 403, 'a policy keeps this image from being pulled', 'naru'),
  /** Asked of images by the repository or its namespace. With a message of its own, too. */
  BASE_REFUSED: entry('DENIED', 403, 'an image here must be based on an approved golden image', 'naru'),
  /** There is no room in the namespace. With a message of its own, too. */
  QUOTA_EXCEEDED: entry('DENIED', 403, 'quota exceeded', 'naru'),
  PAGE_INVALID: entry('PAGINATION_NUMBER_INVALID', 400, 'invalid number of results requested', 'docker'),
  RANGE_INVALID: entry('RANGE_INVALID', 416, 'requested range not satisfiable', 'RFC 9110 15.5.17'),
  NAME_TAKEN: entry('NAME_TAKEN', 409, 'this name is taken', 'naru'),
  EMAIL_TAKEN: entry('EMAIL_TAKEN', 409, 'this e-mail address is taken', 'naru'),
  ACCOUNT_UNKNOWN: entry('ACCOUNT_UNKNOWN', 404, 'no such account', 'naru'),
  FILE_UNKNOWN: entry('FILE_UNKNOWN', 404, 'the image has no such file or folder', 'naru'),
  CONFLICT: entry('CONFLICT', 409, 'this is not possible now', 'RFC 9110 15.5.10'),
  REQUEST_INVALID: entry('REQUEST_INVALID', 400, 'the request cannot be understood', 'RFC 9110 15.5.1'),
  PRECONDITION_FAILED: entry('PRECONDITION_FAILED', 412, 'the resource has changed: precondition failed', 'RFC 9110 15.5.13'),
  NOT_FOUND: entry('NOT_FOUND', 404, 'no such address', 'naru'),
  BODY_ABORTED: entry('BLOB_UPLOAD_INVALID', 400, 'the request body ended early', 'naru', true),
  STORAGE_FULL: entry('STORAGE_FULL', 507, 'the registry has no space left', 'RFC 4918 11.5', true),
  INTERNAL: entry('UNKNOWN', 500, 'unknown error', 'docker', true),
} as const satisfies Record<string, ErrorEntry>;

function entry(wire: string, status: number, message: string, source: string, retryable = false): ErrorEntry {
  return { wire, status, message, source, retryable };
}
