/**
 * Which images a list shows, as Docker filters them. Different filters must all hold. Of several
 * `reference` one must match, and then only the names that match are shown; several `label` must all
 * match; of several `before`, `since` or `until` the strictest counts.
 */
import type { Image, ImageRef } from '../layout/image.ts';
import { canonicalName, canonicalString, familiarName, familiarString, type NameOptions, parseReference } from '@naru/oci/reference';
import { findImage } from '../layout/find-image.ts';
import { type Filters, parseBoolean } from './parse-filters.ts';
import { compilePattern } from './path-match.ts';
import { parseUntil } from './until.ts';

export const listFilters = ['reference', 'dangling', 'label', 'label!', 'before', 'since', 'until'] as const;

/** Nothing that a filter names: Docker's `No such image`. */
export class NoSuchImage extends Error {
  override readonly name = 'NoSuchImage';
  constructor(wanted: string) {
    super(`No such image: ${wanted}`);
  }
}

/** Throws FilterError, PatternError, ImageReferenceError and NoSuchImage. */
export function filterImages(images: readonly Image[], filters: Filters, now: number, names: NameOptions = {}): Image[] {
  const patterns = (filters.get('reference') ?? []).map(compilePattern);
  const dangling = filters.has('dangling') ? parseBoolean('dangling', filters.get('dangling') ?? []) : undefined;
  const before = Math.min(...timesOf(images, filters, 'before', names));
  const since = Math.max(...timesOf(images, filters, 'since', names));
  const until = Math.min(...(filters.get('until') ?? []).map((text) => parseUntil(text, now)));

  return images.flatMap((image) => {
    const created = image.createdAt ?? 0;
    if (created >= before || created <= since || created > until) return [];
    if (dangling !== undefined && isDangling(image) !== dangling) return [];
    if (!(filters.get('label') ?? []).every((wanted) => hasLabel(image, wanted))) return [];
    if ((filters.get('label!') ?? []).some((unwanted) => hasLabel(image, unwanted))) return [];
    if (patterns.length === 0) return [image];
    const refs = image.refs.filter((ref) => patterns.some((matches) => matchesReference(ref, matches, names)));
    return refs.length === 0 ? [] : [{ ...image, refs }];
  });
}

/** Without a tag: nobody finds it by a name that stays. */
export function isDangling({ refs }: Image): boolean {
  return !refs.some(({ kind }) => kind === 'tag');
}

/** The four ways in which somebody may write the name. */
function matchesReference({ name }: ImageRef, matches: (text: string) => boolean, names: NameOptions): boolean {
  const reference = parseReference(name);
  return [familiarString(reference, names), familiarName(reference, names), canonicalString(reference), canonicalName(reference)].some(matches);
}

function hasLabel({ labels }: Image, wanted: string): boolean {
  const equals = wanted.indexOf('=');
  const key = equals < 0 ? wanted : wanted.slice(0, equals);
  return Object.hasOwn(labels, key) && (equals < 0 || labels[key] === wanted.slice(equals + 1));
}

function timesOf(images: readonly Image[], filters: Filters, name: 'before' | 'since', names: NameOptions): number[] {
  return (filters.get(name) ?? []).map((text) => {
    const { found, wanted } = findImage(images, text, names);
    if (found === undefined) throw new NoSuchImage(wanted);
    return found.image.createdAt ?? 0;
  });
}
