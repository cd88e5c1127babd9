import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { findingKey, FindingRow } from './finding-row.tsx';
import { useSecurityTexts } from './security-texts.ts';

type Comparison = Answer<'GET /repositories/{repository}/-/images/{reference}/compare-findings'>;
type Place = { readonly repository: string; readonly digest: string };

const askAgainMs = 1000;

/** Which vulnerabilities came with this image, and which went with the other one: once both are checked. */
export function FindingDifferences({ here, there }: { here: Place; there: Place }) {
  const texts = useSecurityTexts();
  const checks = [useCheck(here), useCheck(there)];
  const failed = checks.find(({ isError }) => isError);
  const states = checks.map(({ data }) => data?.state);
  const unknown = checks.find(({ data }) => data?.state === 'unknown' || data?.state === 'failed')?.data;
  return (
    <Section title={texts.findings}>
      {failed?.error ? (
        <ErrorState error={failed.error} retry={() => void failed.refetch()} />
      ) : unknown !== undefined ? (
        <p className="text-warn">
          {texts.notKnown}: <ForeignText>{unknown.problem ?? ''}</ForeignText>
        </p>
      ) : states.includes('checking') ? (
        <p role="status" className="text-muted">
          {texts.checking}
        </p>
      ) : states.includes(undefined) ? (
        <Skeleton rows={2} />
      ) : (
        <Compared here={here} there={there} />
      )}
    </Section>
  );
}

function useCheck({ repository, digest }: Place) {
  return useQuery({
    queryKey: ['check', repository, digest],
    queryFn: ({ signal }) =>
      call('GET /repositories/{repository}/-/images/{reference}/findings', { params: { repository, reference: digest }, query: { limit: 1 }, signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'checking' ? askAgainMs : false),
  });
}

function Compared({ here, there }: { here: Place; there: Place }) {
  const texts = useSecurityTexts();
  const { count } = useTexts();
  const compared = useQuery({
    queryKey: ['compare-findings', there.repository, there.digest, here.repository, here.digest],
    queryFn: ({ signal }) =>
      call('GET /repositories/{repository}/-/images/{reference}/compare-findings', {
        params: { repository: here.repository, reference: here.digest },
        query: { with: there.digest, repository: there.repository },
        signal,
      }),
  });
  if (compared.isPending) return <Skeleton rows={2} />;
  if (compared.isError) return <ErrorState error={compared.error} retry={() => void compared.refetch()} />;
  const { total, kept, isWhole, gained, lost } = compared.data;
  return (
    <>
      <p className="mb-2 flex flex-wrap gap-x-6 gap-y-1">
        <span className="text-bad">{texts.gained(count(total.gained))}</span>
        <span className="text-good">{texts.lost(count(total.lost))}</span>
        <span className="text-muted">{texts.kept(count(kept))}</span>
      </p>
      {!isWhole && <p className="mb-2 text-warn">{texts.onlyWorst}</p>}
      <Found title={texts.came} items={gained} />
      <Found title={texts.went} items={lost} />
    </>
  );
}

function Found({ title, items }: { title: string; items: Comparison['gained'] }) {
  if (items.length === 0) return null;
  return (
    <>
      <h3 className="mt-4 mb-1">{title}</h3>
      <ul className="border-t border-line">
        {items.map((one) => (
          <FindingRow key={findingKey(one)} {...one} />
        ))}
      </ul>
    </>
  );
}
