/** Which packages another image has, this one has, and in which versions. */
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { findPackageChanges, type Installed } from './package-changes.ts';
import { usePackageTexts } from './package-texts.ts';

type Place = { readonly repository: string; readonly digest: string };

const pageSize = 1000;
/** An image with more is compared as far as this. */
const pagesMax = 20;
const askAgainMs = 1500;

export function PackageDifferences({ from, to }: { from: Place; to: Place }) {
  const texts = usePackageTexts();
  const { count } = useTexts();
  const both = useQuery({
    queryKey: ['package-differences', from, to],
    queryFn: async ({ signal }) => {
      const [before, after] = await Promise.all([from, to].map((place) => listAll(place, signal)));
      return { states: [before?.state, after?.state], changes: findPackageChanges(before?.items ?? [], after?.items ?? []) };
    },
    refetchInterval: ({ state }) => (state.data?.states.includes('waiting') === true ? askAgainMs : false),
  });
  if (both.isError) return <ErrorState error={both.error} retry={() => void both.refetch()} />;
  const { states = [], changes = [] } = both.data ?? {};
  return (
    <Section title={texts.title}>
      {both.isPending ? (
        <Skeleton rows={3} />
      ) : states.includes('waiting') ? (
        <p role="status" className="text-muted">
          {texts.waiting}
        </p>
      ) : (
        <>
          {states.some((state) => state !== 'done') && <p className="mb-2 text-warn">{texts.notKnown}</p>}
          {changes.length === 0 ? (
            <p className="text-muted">{texts.same}</p>
          ) : (
            <>
              <p className="mb-2 flex flex-wrap gap-x-6 gap-y-1">
                <span className="text-good">{texts.added(count(changes.filter(({ before }) => before.length === 0).length))}</span>
                <span className="text-bad">{texts.removed(count(changes.filter(({ after }) => after.length === 0).length))}</span>
                <span className="text-warn">{texts.changed(count(changes.filter(({ before, after }) => before.length > 0 && after.length > 0).length))}</span>
              </p>
              <ul className="max-h-[40rem] overflow-y-auto border-y border-line" tabIndex={0} aria-label={texts.title}>
                {changes.map(({ type, name, before, after }) => (
                  <li key={`${type} ${name}`} className="flex flex-wrap items-baseline gap-x-3 border-b border-line py-1 text-[0.93em] last:border-b-0">
                    <span className="chip">{type}</span>
                    <span className="min-w-0 grow font-medium break-words">
                      <ForeignText>{name}</ForeignText>
                    </span>
                    <span className="min-w-0 font-mono text-[0.93em] break-words">
                      {before.length > 0 && <Versions of={before} colour="text-bad" />}
                      {before.length > 0 && after.length > 0 && ' → '}
                      {after.length > 0 && <Versions of={after} colour="text-good" />}
                    </span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </Section>
  );
}

function Versions({ of, colour }: { of: readonly string[]; colour: string }) {
  return (
    <span className={colour}>
      <ForeignText>{of.join(', ')}</ForeignText>
    </span>
  );
}

/** What SBOMs of others say is left out: it may be said of one of the two alone. */
async function listAll({ repository, digest }: Place, signal: AbortSignal): Promise<{ state: string; items: readonly Installed[] }> {
  const items: Installed[] = [];
  let state = 'done';
  let after: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const answer = await call('GET /repositories/{repository}/-/images/{reference}/packages', {
      params: { repository, reference: digest },
      query: { limit: pageSize, ...(after !== undefined && { after }) },
      signal,
    });
    ({ state, next: after } = answer);
    items.push(...answer.items.filter(({ sbom }) => sbom === undefined));
    if (after === undefined) break;
  }
  return { state, items };
}
