/** What is different between the files of two images: in the order of paths, a folder before what is in it. */
import type { LayerFile } from '../metadata/file-port.ts';
import type { FileTree } from './file-tree.ts';

export type FileChange = { readonly path: string; readonly change: 'added' | 'removed' | 'changed'; readonly before?: LayerFile; readonly after?: LayerFile };

export function compareTrees(before: FileTree, after: FileTree): FileChange[] {
  const changes: FileChange[] = [];
  compareFolder('', before, after);
  return changes;

  function compareFolder(path: string, one: FileTree | undefined, other: FileTree | undefined): void {
    const names = new Set([...(one?.children.keys() ?? []), ...(other?.children.keys() ?? [])]);
    for (const name of [...names].sort()) {
      const [was, is] = [one?.children.get(name), other?.children.get(name)];
      const inside = path === '' ? name : `${path}/${name}`;
      const change = changeOf(was?.entry, is?.entry);
      if (change) changes.push({ path: inside, change, ...(was?.entry && { before: was.entry }), ...(is?.entry && { after: is.entry }) });
      compareFolder(inside, was, is);
    }
  }
}

function changeOf(before: LayerFile | undefined, after: LayerFile | undefined): FileChange['change'] | undefined {
  if (before === undefined) return after === undefined ? undefined : 'added';
  if (after === undefined) return 'removed';
  const same =
    asFile(before.kind) === asFile(after.kind) &&
    before.mode === after.mode &&
    before.sizeBytes === after.sizeBytes &&
    before.content === after.content &&
    (before.kind !== 'symlink' || before.target === after.target);
  return same ? undefined : 'changed';
}

/** A second name of a file is as good as the first. */
function asFile(kind: string): string {
  return kind === 'link' ? 'file' : kind;
}
