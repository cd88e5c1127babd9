/**
 * Byte ranges: of a GET (RFC 9110 14), and of uploads, where distribution-spec writes `0-99` without
 * a unit in both `Content-Range` and `Range`.
 *
 *     ranges-specifier := "bytes=" ( first "-" [ last ] | "-" suffix-length )        one range only
 *     upload-range     := [ "bytes " | "bytes=" ] start "-" end [ "/" ( total | "*" ) ]
 */
import { RegistryError } from './registry-error.ts';

/** `offset` and `length` in bytes, already fitted to the content. */
export type RangeRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly offset: number; readonly length: number }
  | { readonly kind: 'unsatisfiable' };

const singleRange = /^bytes=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i;
const uploadRange = /^(?:bytes[ =])?(\d{1,16})-(\d{1,16})(?:\/(?:\d{1,16}|\*))?$/;

/**
 * What we do not serve (several ranges, other units) or cannot read is 'whole': a Range may be
 * ignored. A range that ends before it begins could be ignored too, but registries answer 416, and
 * the conformance program asks for it.
 */
export function parseRange(header: string, sizeBytes: number): RangeRequest {
  const [, first, last, suffix] = singleRange.exec(header) ?? [];
  if (suffix !== undefined) return fitSuffix(Number(suffix), sizeBytes);
  if (first === undefined) return { kind: 'whole' };
  const offset = Number(first);
  const end = last ? Math.min(Number(last), sizeBytes - 1) : sizeBytes - 1;
  return offset <= end ? { kind: 'part', offset, length: end - offset + 1 } : { kind: 'unsatisfiable' };
}

/** Of a 206. */
export function formatContentRange({ offset, length }: { readonly offset: number; readonly length: number }, sizeBytes: number): string {
  return `bytes ${offset}-${offset + length - 1}/${sizeBytes}`;
}

/** Of a 416. */
export function formatUnsatisfiedRange(sizeBytes: number): string {
  return `bytes */${sizeBytes}`;
}

/** Both ends inclusive. Throws UPLOAD_INVALID. */
export function parseUploadContentRange(header: string): { start: number; end: number } {
  const [, first, last] = uploadRange.exec(header) ?? [];
  const [start, end] = [Number(first), Number(last)];
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || end < start) {
    throw new RegistryError('UPLOAD_INVALID', { message: 'the Content-Range of a chunk is written start-end', detail: { contentRange: header.slice(0, 128) } });
  }
  return { start, end };
}

/**
 * Where an upload stands. Nothing and one byte both read `0-0`: the form has no word for nothing,
 * stock registries send this, and clients begin at 0 by themselves.
 */
export function formatUploadRange(sizeBytes: number): string {
  return `0-${Math.max(0, sizeBytes - 1)}`;
}

/** The last bytes of nothing are nothing: satisfiable, but no Content-Range can say so. */
function fitSuffix(suffix: number, sizeBytes: number): RangeRequest {
  if (suffix === 0) return { kind: 'unsatisfiable' };
  if (sizeBytes === 0) return { kind: 'whole' };
  const length = Math.min(suffix, sizeBytes);
  return { kind: 'part', offset: sizeBytes - length, length };
}
