/** What changed from another image to this one: vulnerabilities, files, configuration, layers. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useId } from 'react';
import { call } from '../../api/client.ts';
import { imageQuery } from '../../api/queries.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { repositoryPath } from '../../repository-address.ts';
import { Differences } from './differences.tsx';
import { FindingDifferences } from './finding-differences.tsx';
import type { Image } from './image-page.tsx';
import { useInsideTexts } from './texts.ts';

type Props = { repository: string; at: string; image: Image };

const namesMax = 100;

export function Compare({ repository, at, image }: Props) {
  const texts = useInsideTexts();
  const search = useSearch({ strict: false });
  const { with: reference, of = repository } = search;
  const navigate = useNavigate();
  const listId = useId();
  const tags = useQuery({
    queryKey: ['tag-names', repository],
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/tags', { params: { repository }, query: { limit: namesMax }, signal }),
  });
  const choose = useAct(async (fields: FormData) => {
    const [wanted, from] = [fieldText(fields, 'with'), fieldText(fields, 'of')];
    const { of: _, ...rest } = search;
    await navigate({
      to: '/r/$',
      params: { _splat: repositoryPath(repository, { kind: 'image', digest: at }) },
      search: { ...rest, with: wanted, ...(from !== repository && from !== '' && { of: from }) },
    });
  });
  return (
    <>
      <p className="mb-3 text-muted">{texts.compareHint}</p>
      <div key={`${reference} ${of}`} className="mb-6">
        <ActForm act={choose} submit={texts.doCompare} isLine isQuiet>
          <div className="min-w-48 grow">
            <FormField
              label={texts.compareWith}
              name="with"
              list={listId}
              defaultValue={reference}
              required
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
            />
            <datalist id={listId}>
              {tags.data?.items.map(({ tag }) => (
                <option key={tag} value={tag} />
              ))}
            </datalist>
          </div>
          <div className="min-w-48 grow">
            <FormField label={texts.compareOf} name="of" defaultValue={of} autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </div>
        </ActForm>
      </div>
      {reference !== undefined && reference !== '' && (
        <Compared key={`${reference} ${of}`} repository={repository} image={image} other={{ repository: of, reference }} />
      )}
    </>
  );
}

type ComparedProps = { repository: string; image: Image; other: { repository: string; reference: string } };

/** Of an index, the image for the same platform is meant. */
function Compared({ repository, image, other }: ComparedProps) {
  const texts = useInsideTexts();
  const found = useQuery(imageQuery(other.repository, other.reference));
  const platform = image.config?.platform;
  const member = found.data?.kind === 'index' ? found.data.manifests.find((one) => one.platform === platform)?.digest : found.data?.digest;
  const there = useQuery({ ...imageQuery(other.repository, member ?? ''), enabled: member !== undefined });
  if (found.isError) return <ErrorState error={found.error} retry={() => void found.refetch()} />;
  if (found.isPending) return <Skeleton />;
  if (member === undefined) return <EmptyState title={texts.noPlatform(platform ?? '')} />;
  if (member === image.digest) return <EmptyState title={texts.sameImage} />;
  if (there.isError) return <ErrorState error={there.error} retry={() => void there.refetch()} />;
  if (there.isPending) return <Skeleton />;
  return (
    <>
      <FindingDifferences here={{ repository, digest: image.digest }} there={{ repository: other.repository, digest: member }} />
      <Differences repository={repository} here={image} there={{ repository: other.repository, image: there.data }} />
    </>
  );
}
