/** One file of an image: what is text is shown as text and as nothing else; all else is to be saved. */
import { useQuery } from '@tanstack/react-query';
import { problemOf } from '../../api/api-error.ts';
import { fetchBytes } from '../../api/client.ts';
import { useLanguage } from '../../language/language.tsx';
import { bytesText } from '../../parts/bytes.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import type { RepositorySearch } from '../../repository-search.ts';
import { fileAddress } from './file-address.ts';
import type { Image } from './image-page.tsx';
import { readTextFile } from './read-text-file.ts';
import { useInsideTexts } from './texts.ts';

type Props = {
  repository: string;
  at: string;
  image: Image;
  folder: string;
  path: string;
  layer: string | undefined;
  searchFor: (place: { path: string }) => RepositorySearch;
};

/** More is no reading any more, and slow to draw. */
const shownMaxBytes = 256 * 1024;

export function FileView({ repository, at, image, folder, path, layer, searchFor }: Props) {
  const texts = useInsideTexts();
  const { language } = useLanguage();
  const address = fileAddress(repository, image.digest, path, layer);
  const file = useQuery({
    queryKey: ['file', address],
    queryFn: async ({ signal }) => readTextFile(await fetchBytes(address, signal), shownMaxBytes),
    staleTime: Infinity,
  });
  const here = { kind: 'image', digest: at } as const;
  // A link may lead to a folder, which is no file.
  const isFolder = file.isError && problemOf(file.error).kind === 'absent';
  return (
    <section aria-label={path} className="mb-5 rounded-md border border-line">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-sunken px-3 py-1.5">
        <h3 className="min-w-0 font-mono text-[0.93em] font-semibold">
          <ForeignText>{`/${path}`}</ForeignText>
        </h3>
        <CopyButton text={`/${path}`} what={texts.path} />
        <span className="ml-auto flex gap-2">
          <a className="button" href={address} download>
            {texts.download}
          </a>
          <RepositoryLink repository={repository} section={here} search={searchFor({ path: folder })} className="button" title={texts.close}>
            <span aria-hidden="true">×</span>
            <span className="aside">{texts.close}</span>
          </RepositoryLink>
        </span>
      </div>
      {file.isPending ? (
        <div className="px-3">
          <Skeleton />
        </div>
      ) : isFolder ? (
        <p className="p-3">
          <RepositoryLink repository={repository} section={here} search={searchFor({ path })} className="link underline">
            {texts.openFolder}
          </RepositoryLink>
        </p>
      ) : file.isError ? (
        <ErrorState error={file.error} retry={() => void file.refetch()} />
      ) : file.data.text === undefined ? (
        <p className="p-3 text-muted">{texts.binary}</p>
      ) : (
        <>
          <pre tabIndex={0} dir="ltr" className="max-h-[32rem] overflow-auto p-3 font-mono text-[0.87em] leading-6">
            <ForeignText>{file.data.text}</ForeignText>
          </pre>
          {file.data.isCut && <p className="border-t border-line px-3 py-2 text-sm text-muted">{texts.cut(bytesText(shownMaxBytes, language))}</p>}
        </>
      )}
    </section>
  );
}
