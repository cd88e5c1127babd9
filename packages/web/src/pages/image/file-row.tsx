import { Bytes } from '../../parts/bytes.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { DownloadIcon } from '../../parts/icons.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import type { RepositorySearch } from '../../repository-search.ts';
import { fileAddress, inside } from './file-address.ts';
import type { Entry } from './files.tsx';
import type { Image } from './image-page.tsx';
import { useInsideTexts } from './texts.ts';

type Props = {
  repository: string;
  at: string;
  image: Image;
  layer: string | undefined;
  folder: string;
  entry: Entry;
  isOpen: boolean;
  searchFor: (place: { path: string; file?: string }) => RepositorySearch;
};

export function FileRow({ repository, at, image, layer, folder, entry, isOpen, searchFor }: Props) {
  const texts = useInsideTexts();
  const { kind, name, sizeBytes, mode, target } = entry;
  const path = inside(folder, name);
  const isFile = kind === 'file' || kind === 'link';
  const canOpen = isFile || kind === 'symlink';
  return (
    <tr className={`border-b border-line ${isOpen ? 'bg-accent-soft' : 'hover:bg-sunken'}`}>
      <td className="w-full py-1 pr-3 pl-2 font-mono text-[0.87em]">
        {kind === 'directory' || canOpen ? (
          <RepositoryLink
            repository={repository}
            section={{ kind: 'image', digest: at }}
            search={searchFor(kind === 'directory' ? { path } : { path: folder, file: path })}
            className="link"
          >
            <ForeignText>{name}</ForeignText>
            {kind === 'directory' && '/'}
          </RepositoryLink>
        ) : (
          <ForeignText>{name}</ForeignText>
        )}
        {target !== undefined && (
          <span className="text-muted">
            {' → '}
            <ForeignText>{target}</ForeignText>
          </span>
        )}
        {!isFile && kind !== 'directory' && <span className="ml-2 font-sans text-muted">{texts.kinds[kind]}</span>}
      </td>
      <td className="w-28 py-1 pr-4 font-mono text-[0.87em] text-muted max-sm:hidden">{rightsText(mode)}</td>
      <td className="w-24 py-1 pr-2 text-right text-sm text-muted">{isFile && <Bytes of={sizeBytes} />}</td>
      <td className="w-10 py-1 text-right">
        {isFile && (
          <a
            className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-line hover:text-text"
            href={fileAddress(repository, image.digest, path, layer)}
            download
            title={texts.downloadName(name)}
            aria-label={texts.downloadName(name)}
          >
            <DownloadIcon />
          </a>
        )}
      </td>
    </tr>
  );
}

/** `rwxr-xr-x`, with the sign of the sticky bit and of changed owners as `ls` has it. */
function rightsText(mode: number): string {
  const letters = 'rwxrwxrwx'.split('').map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-'));
  for (const [bit, index, sign] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const)
    if ((mode & bit) !== 0) letters[index] = letters[index] === 'x' ? sign : sign.toUpperCase();
  return letters.join('');
}
