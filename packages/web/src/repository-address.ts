/**
 * Addresses of what belongs to a repository, behind `/r/`:
 *
 *     <repository>                      overview          <repository>/tags
 *     <repository>/image/<digest>                         <repository>/settings   <repository>/environments
 *
 * A repository's name has any number of parts, and `tags` may be one of them. Where the short form
 * would mean something else, `/-/` parts the two, which no name can hold: `/r/team/tags/-/tags`.
 */
import { isRepositoryName, type RepositoryName } from '@naru/oci/repository-name';
import { isDigest } from '@naru/oci/digest';

export type RepositorySection =
  | { readonly kind: 'overview' }
  | { readonly kind: 'tags' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'environments' }
  | { readonly kind: 'image'; readonly digest: string };

export type RepositoryAddress = { readonly repository: RepositoryName; readonly section: RepositorySection };

/** Undefined for what can be no address of ours. */
export function findRepositoryAddress(path: string): RepositoryAddress | undefined {
  const parts = path.replace(/\/$/, '').split('/');
  const dash = parts.indexOf('-');
  if (dash >= 0) return addressOf(parts.slice(0, dash), parts.slice(dash + 1));
  const length = isDigest(parts.at(-1) ?? '') ? 2 : isSection(parts.at(-1)) && parts.length > 1 ? 1 : 0;
  return addressOf(parts.slice(0, parts.length - length), parts.slice(parts.length - length));
}

export function repositoryPath(repository: string, section: RepositorySection = { kind: 'overview' }): string {
  const rest = section.kind === 'overview' ? [] : section.kind === 'image' ? ['image', section.digest] : [section.kind];
  const short = [repository, ...rest].join('/');
  return findRepositoryAddress(short)?.repository === repository ? short : [repository, '-', ...rest].join('/');
}

function addressOf(name: readonly string[], rest: readonly string[]): RepositoryAddress | undefined {
  const repository = name.join('/');
  const section = sectionOf(rest);
  return section && isRepositoryName(repository) ? { repository, section } : undefined;
}

function sectionOf([first, second, ...more]: readonly string[]): RepositorySection | undefined {
  if (more.length > 0) return undefined;
  if (first === undefined || first === '') return { kind: 'overview' };
  if (first === 'image') return second !== undefined && isDigest(second) ? { kind: 'image', digest: second } : undefined;
  return isSection(first) && second === undefined ? { kind: first } : undefined;
}

function isSection(part: string | undefined): part is 'tags' | 'settings' | 'environments' {
  return part === 'tags' || part === 'settings' || part === 'environments';
}
