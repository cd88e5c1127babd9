/**
 * The route table of /api/v1. Each row says what it takes and gives (zod), and what right it needs;
 * the dispatcher checks both before the handler runs, and the OpenAPI document is made from the same rows.
 *
 *     path     segments, `{name}` for one of them. `{repository}` takes as many as it can: what belongs
 *              to a repository stands behind `/-/`, which no repository name can hold.
 *     access   `open`           nobody is asked
 *              `user`           a person who is logged in, and not by a token for less than the account
 *              `account`        anybody with a name, robots too
 *              `administrator`  of the server
 *              an action        on the `{namespace}` or `{repository}` of the path
 */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { z } from 'zod';
import type { Action } from '../access/action.ts';
import type { Caller } from '../access/caller.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Headers } from '../http/reply.ts';
import type { HubParts } from './parts.ts';

export type Access = 'open' | 'account' | 'user' | 'administrator' | Action;

export type ApiRoute = {
  /** Stands in the OpenAPI document, the log and the metrics: do not change one. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Absent: 204 without a body, or a redirect. */
  readonly response?: z.ZodType;
  /** Of a row that reads what several people write: the fields of its answer that they do, and an ETag for it. */
  readonly edited?: Edited;
  /** Of a row that writes it: with If-Match it changes only what its caller has seen. */
  readonly edits?: { readonly record: string; /** What the audit calls it. */ readonly audit: readonly string[] };
  /** Sends the browser elsewhere. */
  readonly redirects?: true;
  readonly handle: (call: ApiCall) => Promise<ApiResult>;
};

export type Edited = readonly string[];

export type ApiCall = {
  readonly request: HttpRequest;
  readonly caller: Caller;
  readonly parts: HubParts;
  /** Of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly repository?: RepositoryName;
};

/** `location`: where to send the browser, instead of an answer. */
export type ApiResult = {
  readonly location?: string;
  readonly status?: 200 | 201;
  readonly value?: unknown;
  readonly headers?: Headers;
  readonly stream?: ReadableStream<Uint8Array>;
};

type TypedCall<Query extends z.ZodType, Body extends z.ZodType> = Omit<ApiCall, 'query' | 'body'> & {
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
};

/** A row whose handler knows the types of its own schemas. */
export function route<Query extends z.ZodType, Body extends z.ZodType>(
  row: Omit<ApiRoute, 'query' | 'body' | 'handle'> & {
    readonly query?: Query;
    readonly body?: Body;
    readonly handle: (call: TypedCall<Query, Body>) => Promise<ApiResult>;
  },
): ApiRoute {
  return row as unknown as ApiRoute; // the dispatcher parses by the row's own schemas before it calls
}
