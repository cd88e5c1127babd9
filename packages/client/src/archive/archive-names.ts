/** Names inside an archive. They are keys and never become paths on the disk, and still nothing but plain ones is accepted. */

/** The message says what is wrong with the archive. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

const longestName = 1024;

/** Without `./` in front and `/` behind; empty for the root itself. Throws ArchiveError for what leads outside. */
export function parseArchiveName(text: string): string {
  if (text.includes('\0') || text.length > longestName) throw new ArchiveError('invalid archive: an entry has an impossible name');
  if (text.startsWith('/')) throw new ArchiveError(`invalid archive: ${quote(text)} is an absolute path`);
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new ArchiveError(`invalid archive: ${quote(text)} leads outside of it`);
  return parts.join('/');
}

/** Where a symbolic link leads that stands at `name`. Throws ArchiveError when that is outside. */
export function resolveArchiveLink(name: string, target: string): string {
  if (target.startsWith('/')) throw new ArchiveError(`invalid archive: the link ${quote(name)} leads to the absolute path ${quote(target)}`);
  const parts = name.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) throw new ArchiveError(`invalid archive: the link ${quote(name)} leads outside of it`);
  }
  return parts.join('/');
}

/** A stranger's name, printable. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
