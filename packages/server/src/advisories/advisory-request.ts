/**
 * What `naru admin advisories …` asks and is told, in the shape that goes over the control socket of a running
 * server as JSON: `POST /advisories` with the request. Without a server the same request is answered in the
 * command's own process. Times are epoch ms.
 */
import type { AdvisorySource } from '../metadata/advisory-port.ts';

export type AdvisoryRequest =
  /** `files`: absolute paths, on the computer of the server. */
  { readonly verb: 'import'; readonly files: readonly string[]; readonly force: boolean } | { readonly verb: 'status' };

export type ImportedSource = { readonly source: string; readonly dataAt: number; readonly entries: number; readonly changed: number };
/** `problem`: why nothing of the file was taken. */
export type ImportedFile = { readonly file: string; readonly sources: readonly ImportedSource[]; readonly problem?: string };

export type AdvisoryReport =
  | { readonly verb: 'import'; readonly files: readonly ImportedFile[] }
  | { readonly verb: 'status'; readonly sources: readonly AdvisorySource[] };

/** Throws what is wrong with a stranger's request. */
export function parseAdvisoryRequest(value: unknown): AdvisoryRequest {
  if (typeof value === 'object' && value !== null && 'verb' in value) {
    if (value.verb === 'status') return { verb: 'status' };
    if (value.verb === 'import' && 'files' in value && isPaths(value.files))
      return { verb: 'import', files: value.files, force: 'force' in value && value.force === true };
  }
  throw new Error('the request is neither an import of files by absolute paths nor a question for the status');
}

const isPaths = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((path) => typeof path === 'string' && path.startsWith('/'));
