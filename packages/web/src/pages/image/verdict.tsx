import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useSecurityTexts } from './security-texts.ts';

const colours = { allowed: 'text-good', exempt: 'text-warn', blocked: 'text-bad', unjudged: 'text-muted' } as const;

export function Verdict({ repository, reference }: { repository: string; reference: string }) {
  const texts = useSecurityTexts();
  const verdict = useQuery({
    queryKey: ['verdict', repository, reference],
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/images/{reference}/verdict', { params: { repository, reference }, signal }),
  });
  if (verdict.isPending) return <Skeleton rows={2} />;
  if (verdict.isError) return <ErrorState error={verdict.error} retry={() => void verdict.refetch()} />;
  const { state, reasons, judgedAt } = verdict.data;
  return (
    <Section title={texts.mayBePulled}>
      <p className={`font-medium ${colours[state]}`}>
        {texts[state]} {judgedAt !== undefined && <span className="text-sm font-normal text-muted">{<RelativeTime at={judgedAt} />}</span>}
      </p>
      {reasons.length > 0 && (
        <ul className="mt-2 list-disc pl-5">
          {reasons.map(({ text, by }, index) => (
            <li key={index}>
              <ForeignText>{text}</ForeignText> <span className="text-sm text-muted">({by})</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
