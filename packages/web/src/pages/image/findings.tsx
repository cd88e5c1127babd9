import { useInfiniteQuery } from '@tanstack/react-query';
import { addressOf, call } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { useTexts } from '../../language/language.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { countOf, severities, useSeverityTexts } from '../../parts/severity.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { findingKey, FindingRow } from './finding-row.tsx';
import { useSecurityTexts } from './security-texts.ts';
import { useAddressed } from '../../parts/use-addressed.ts';

const askAgainMs = 1000;
/** Letters; all of it stands with the packages. */
const problemMax = 300;

export function Findings({ repository, reference }: { repository: string; reference: string }) {
  const texts = useSecurityTexts();
  const words = useSeverityTexts();
  const forms = useFormTexts();
  const { count } = useTexts();
  const [chosen, setSeverity] = useAddressed('severity', ['', ...severities]);
  const severity = chosen === '' ? undefined : chosen;
  const [fixable, setFixable] = useAddressed('fixable', ['all', 'only']);
  const isFixable = fixable === 'only';
  const params = { repository, reference };
  const findings = useInfiniteQuery({
    queryKey: ['findings', repository, reference, severity, isFixable],
    queryFn: ({ pageParam, signal }) =>
      call('GET /repositories/{repository}/-/images/{reference}/findings', {
        params,
        query: { ...(severity && { severity }), ...(isFixable && { fixable: 'true' as const }), ...(pageParam > 0 && { after: pageParam }) },
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => (next === undefined ? undefined : Number(next)),
    refetchInterval: ({ state }) => (state.data?.pages[0]?.state === 'checking' ? askAgainMs : false),
  });
  const first = findings.data?.pages[0];
  if (findings.isError) return <ErrorState error={findings.error} retry={() => void findings.refetch()} />;
  const items = findings.data?.pages.flatMap((page) => page.items) ?? [];
  const file = (kind: 'csv' | 'sarif') => addressOf(`/repositories/{repository}/-/images/{reference}/findings.${kind}`, params);
  return (
    <Section title={texts.findings}>
      {first === undefined ? (
        <Skeleton />
      ) : first.state === 'checking' ? (
        <p role="status" className="text-muted">
          {texts.checking}
        </p>
      ) : first.state !== 'checked' && items.length === 0 ? (
        <EmptyState title={texts.notKnown}>{first.problem}</EmptyState>
      ) : (
        <>
          {first.state !== 'checked' && (
            <p className="mb-2 text-warn">
              {texts.notKnown}: <ForeignText>{first.problem ?? ''}</ForeignText>
            </p>
          )}
          <div className="mb-3 flex flex-wrap items-center gap-x-5 gap-y-2">
            <label className="flex items-center gap-2 text-sm">
              <span className="text-muted">{texts.severity}</span>
              <select
                className="field !w-auto"
                value={severity ?? ''}
                onChange={({ target: { value } }) => setSeverity(severities.find((one) => one === value) ?? '')}
              >
                <option value="">{texts.all}</option>
                {severities.map((one) => (
                  <option key={one} value={one}>
                    {words[one]} ({count(countOf(first.counts, one))})
                  </option>
                ))}
              </select>
            </label>
            <label className="flex items-center gap-2 text-sm">
              <input type="checkbox" checked={isFixable} onChange={({ target }) => setFixable(target.checked ? 'only' : 'all')} />
              {texts.onlyFixable}
            </label>
            <span className="ml-auto flex flex-wrap items-center gap-2 text-sm text-muted">
              {first.checkedAt !== undefined && (
                <span>
                  {texts.checked} <RelativeTime at={first.checkedAt} />
                </span>
              )}
              <a className="link" href={file('csv')} download>
                CSV
              </a>
              <a className="link" href={file('sarif')} download>
                SARIF
              </a>
            </span>
          </div>
          {first.scans.map(({ scanner, state, reportedBy, reportedAt, problem }) => (
            <p key={scanner} className={state === 'failed' ? 'mb-2 text-sm text-warn' : 'mb-2 text-sm text-muted'}>
              <ForeignText>{[scanner, reportedBy === '' ? '' : `(${reportedBy})`].filter(Boolean).join(' ')}</ForeignText>: {texts.scans[state]}{' '}
              {reportedAt !== undefined && <RelativeTime at={reportedAt} />} <ForeignText>{problem ?? ''}</ForeignText>
            </p>
          ))}
          {first.state === 'checked' && first.problem !== undefined && (
            <p className="mb-2 break-words text-warn">
              {texts.notUnderstood}: <ForeignText>{first.problem.slice(0, problemMax)}</ForeignText>
            </p>
          )}
          {first.unknown.map(({ reason, ecosystem, packages }) => (
            <p key={`${reason} ${ecosystem}`} className="mb-2 text-warn">
              {texts.unknown[reason](count(packages), ecosystem)}
            </p>
          ))}
          {items.length === 0 ? (
            <p className="border-y border-line py-6 text-center text-muted">
              {isFixable || severity !== undefined ? texts.noneLikeThis : first.packages === 0 ? texts.nothingRecognised : texts.clean}
            </p>
          ) : (
            <ul className="border-t border-line">
              {items.map((one) => (
                <FindingRow key={findingKey(one)} {...one} />
              ))}
            </ul>
          )}
          {!first.isWhole && !findings.hasNextPage && <p className="mt-4 text-warn">{texts.notAll(count(items.length), count(first.total))}</p>}
          {findings.hasNextPage && (
            <p className="mt-4 text-center">
              <button type="button" className="button" disabled={findings.isFetchingNextPage} onClick={() => void findings.fetchNextPage()}>
                {forms.more}
              </button>
            </p>
          )}
        </>
      )}
    </Section>
  );
}
