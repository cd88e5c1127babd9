import { useInfiniteQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { PagedList } from '../../parts/paged-list.tsx';
import { Section } from '../../parts/section.tsx';
import { SeverityWord } from '../../parts/severity.tsx';
import { CsvLink } from './csv-link.tsx';
import { useNamespaceSecurityTexts } from './texts.ts';

const pageSize = 10;

/** The packages whose newer versions remove the most. */
export function Upgrades({ namespace }: { namespace: string }) {
  const texts = useNamespaceSecurityTexts();
  const { count } = useTexts();
  const key = ['namespace-security', namespace, 'packages'];
  const packages = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      call('GET /namespaces/{namespace}/security/packages', { params: { namespace }, query: { after: pageParam, limit: pageSize }, signal }),
    initialPageParam: 0,
    getNextPageParam: ({ items, next }) => (next === undefined || items.at(-1)?.removable === 0 ? undefined : Number(next)),
  });
  return (
    <Section title={texts.upgrade} hint={texts.upgradeHint}>
      <PagedList
        of={key}
        list={packages}
        rows={({ pages }) =>
          pages
            .flatMap(({ items }) => items)
            .filter(({ removable }) => removable > 0)
            .map(({ ecosystem, type, name, severity, fixed, removable, images }) => (
              <li key={`${ecosystem} ${type} ${name}`} className="flex flex-wrap items-baseline gap-x-4 border-b border-line py-2">
                <SeverityWord severity={severity} />
                <span>
                  <ForeignText>{name}</ForeignText> <span className="text-sm text-muted">{ecosystem}</span>
                </span>
                {fixed !== undefined && (
                  <span className="text-sm text-good">
                    <ForeignText>{texts.upgradeTo(fixed)}</ForeignText>
                  </span>
                )}
                <span className="ml-auto text-sm text-muted tabular-nums">{texts.upgradeRemoves(count(removable), texts.images(images, count(images)))}</span>
              </li>
            ))
        }
        empty={texts.noUpgrade}
      />
      <CsvLink namespace={namespace} list="packages" />
    </Section>
  );
}
