/** The folders of an image, of all layers or of one; names and contents are a stranger's. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type Answer, call } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { bytesText } from '../../parts/bytes.tsx';
import { useLanguage } from '../../language/language.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { repositoryPath } from '../../repository-address.ts';
import type { RepositorySearch } from '../../repository-search.ts';
import { inside } from './file-address.ts';
import { FileRow } from './file-row.tsx';
import { FileView } from './file-view.tsx';
import { FolderPath } from './folder-path.tsx';
import type { Image } from './image-page.tsx';
import { readInstruction } from './instruction.ts';
import { useInsideTexts } from './texts.ts';

export type Folder = Answer<'GET /repositories/{repository}/-/images/{reference}/files'>;
export type Entry = Folder['items'][number];

const askAgainMs = 700;

/** `at`: the address of the page, which stays the index's while `image` is that of one platform. */
export function Files({ repository, at, image }: { repository: string; at: string; image: Image }) {
  const texts = useInsideTexts();
  const forms = useFormTexts();
  const search = useSearch({ strict: false });
  const { path = '', file, layer } = search;
  const params = { repository, reference: image.digest };
  const folder = useInfiniteQuery({
    queryKey: ['files', repository, image.digest, layer, path],
    queryFn: ({ pageParam, signal }) =>
      call('GET /repositories/{repository}/-/images/{reference}/files', {
        params,
        query: { path, ...(layer !== undefined && { layer }), ...(pageParam !== '' && { after: pageParam }) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.state === 'indexing' ? askAgainMs : false),
  });
  if (image.config === undefined) return <EmptyState title={texts.notAnImage} />;
  const first = folder.data?.pages[0];
  const entries = folder.data?.pages.flatMap(({ items }) => items) ?? [];
  const searchFor = (place: Pick<RepositorySearch, 'path' | 'file'>): RepositorySearch => ({ ...without(search), ...place });
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <FolderPath repository={repository} digest={at} path={path} searchFor={searchFor} />
        <LayerChoice repository={repository} at={at} image={image} />
      </div>
      {file !== undefined && (
        <FileView key={file} repository={repository} at={at} image={image} path={file} layer={layer} searchFor={searchFor} folder={path} />
      )}
      {folder.isPending ? (
        <Skeleton />
      ) : folder.isError ? (
        <ErrorState error={folder.error} retry={() => void folder.refetch()} />
      ) : first?.state === 'refused' ? (
        <EmptyState title={texts.refused}>{first.reason}</EmptyState>
      ) : first?.state === 'indexing' ? (
        <div role="status">
          <p className="text-muted">{texts.indexing}</p>
          <Skeleton />
        </div>
      ) : entries.length === 0 ? (
        <EmptyState title={texts.emptyFolder} />
      ) : (
        <>
          <table className="w-full table-fixed border-t border-line">
            <thead className="aside">
              <tr>
                <th>{texts.name}</th>
                <th>{texts.rights}</th>
                <th>{texts.size}</th>
                <th>{texts.download}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <FileRow
                  key={entry.name}
                  repository={repository}
                  at={at}
                  image={image}
                  layer={layer}
                  folder={path}
                  entry={entry}
                  isOpen={file === inside(path, entry.name)}
                  searchFor={searchFor}
                />
              ))}
            </tbody>
          </table>
          {folder.hasNextPage && (
            <p className="mt-4 text-center">
              <button type="button" className="button" disabled={folder.isFetchingNextPage} onClick={() => void folder.fetchNextPage()}>
                {forms.more}
              </button>
            </p>
          )}
        </>
      )}
    </>
  );
}

function LayerChoice({ repository, at, image }: { repository: string; at: string; image: Image }) {
  const texts = useInsideTexts();
  const { language } = useLanguage();
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const made = image.steps.filter((step) => step.layer !== undefined);
  return (
    <label className="flex max-w-full min-w-0 items-center gap-2 text-sm">
      <span className="text-muted">{texts.layer}</span>
      <select
        className="field !w-auto max-w-72 min-w-0"
        value={search.layer ?? ''}
        onChange={({ target: { value } }) => {
          const { layer: _, ...rest } = without(search);
          void navigate({
            to: '/r/$',
            params: { _splat: repositoryPath(repository, { kind: 'image', digest: at }) },
            search: value === '' ? rest : { ...rest, layer: value },
          });
        }}
      >
        <option value="">{texts.allLayers}</option>
        {image.layers.map(({ digest, sizeBytes }, index) => {
          const by = made[index]?.createdBy;
          const { verb, rest } = by === undefined ? { verb: '', rest: '' } : readInstruction(by);
          return (
            <option key={`${index} ${digest}`} value={digest}>
              {`${index + 1} · ${bytesText(sizeBytes, language)} · ${`${verb} ${rest}`.trim().slice(0, 60)}`}
            </option>
          );
        })}
      </select>
    </label>
  );
}

/** Without the place that is looked at. */
function without({ path: _path, file: _file, ...rest }: RepositorySearch): RepositorySearch {
  return rest;
}
