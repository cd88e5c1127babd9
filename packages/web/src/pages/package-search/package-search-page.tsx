/** Which images have this package? Among all that who asks may pull. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ImageSecurityLink } from '../../parts/image-security-link.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { useAct } from '../../parts/use-act.ts';
import { usePackageTexts } from './texts.ts';
import type { WantedPackage } from './wanted-package.ts';

export function PackageSearchPage() {
  const texts = usePackageTexts();
  const wanted = useSearch({ from: '/search/packages' });
  const navigate = useNavigate();
  usePageTitle(texts.title);
  const find = useAct(async (fields: FormData) => {
    const [name, version] = [fieldText(fields, 'name'), fieldText(fields, 'version')];
    await navigate({ to: '/search/packages', search: { name, ...(version !== '' && { version }) } });
  });
  return (
    <>
      <h1 className="mb-1">{texts.title}</h1>
      <p className="mb-4 text-muted">{texts.lead}</p>
      <div key={`${wanted.name} ${wanted.version}`} className="mb-6 max-w-3xl">
        <ActForm act={find} submit={texts.find} isLine>
          <div className="min-w-48 grow">
            <FormField label={texts.name} name="name" defaultValue={wanted.name} required autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </div>
          <div className="min-w-32">
            <FormField label={texts.version} name="version" defaultValue={wanted.version} autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </div>
        </ActForm>
      </div>
      {wanted.name !== undefined && wanted.name !== '' && <Holders {...wanted} name={wanted.name} />}
    </>
  );
}

function Holders({ name, version }: WantedPackage & { name: string }) {
  const texts = usePackageTexts();
  const key = ['package-search', name, version];
  const found = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /search/packages', { query: { name, ...(version !== undefined && { version }), ...(pageParam !== '' && { after: pageParam }) }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  return (
    <PagedList
      of={key}
      list={found}
      rows={({ pages }) =>
        pages
          .flatMap(({ items }) => items)
          .map(({ repository, digest, tags, package: of }) => (
            <li key={`${repository}@${digest} ${of.purl} ${of.version}`} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line py-2">
              <ImageSecurityLink repository={repository} digest={digest} tags={tags} />
              {of.type !== '' && <span className="chip">{of.type}</span>}
              <span className="font-medium">
                <ForeignText>{of.name}</ForeignText>
              </span>
              <span className="font-mono text-sm text-muted">
                <ForeignText>{of.version}</ForeignText>
              </span>
            </li>
          ))
      }
      empty={texts.none}
    />
  );
}
