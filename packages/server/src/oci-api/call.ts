/** What a handler is given: the request, with its address parsed and its principal allowed. */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Caller } from '../access/caller.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Reply } from '../http/reply.ts';
import type { Gate } from '../gate/gate.ts';
import type { Registry } from '../registry/registry.ts';

export type ApiLimits = {
  readonly manifestMaxBytes: number;
  /** Entries in a list when the client names no number, and the most it may name. */
  readonly listPageDefault: number;
  readonly listPageMax: number;
  readonly referrersPageMax: number;
};

export type ServedManifest = {
  readonly caller: Caller;
  readonly method: string;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Absent: it was asked for by digest. */
  readonly tag?: Tag;
};

export type OnManifest = (served: ServedManifest) => void;

export type Call = {
  readonly request: HttpRequest;
  readonly registry: Registry;
  readonly gate: Gate;
  readonly limits: ApiLimits;
  readonly caller: Caller;
  /** Told of each manifest that was served, or asked about (HEAD). */
  readonly onManifest: OnManifest | undefined;
};

/** Most routes are about a repository; `target` is the last part of the address, not parsed yet. */
export type RepositoryCall = Call & { readonly repository: RepositoryName; readonly target: string };

export type Handler = (call: Call) => Promise<Reply>;
export type RepositoryHandler = (call: RepositoryCall) => Promise<Reply>;
