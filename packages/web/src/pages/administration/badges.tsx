/** Requests for badges: looked at, granted, declined, and taken back, with a reason that whoever asked reads. */
import { Link } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import type { BadgeRequest } from '../../parts/badge-requests/badge-requests.tsx';
import { useBadgeTexts } from '../../parts/badge-requests/texts.ts';
import { DecideButton } from '../../parts/decide-button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { Section } from '../../parts/section.tsx';
import { StateFilter } from '../../parts/state-filter.tsx';
import { useAddressed } from '../../parts/use-addressed.ts';

const states = ['applied', 'granted', 'declined', 'revoked'] as const;
type State = (typeof states)[number];
type Decision = 'grant' | 'decline' | 'revoke';
const decisions: Readonly<Record<State, readonly Decision[]>> = { applied: ['grant', 'decline'], granted: ['revoke'], declined: [], revoked: [] };

export function BadgeReview() {
  const texts = useBadgeTexts();
  const [state, setState] = useAddressed('state', states);
  return (
    <Section title={texts.requests} hint={texts.requestsHint}>
      <StateFilter label={texts.show} states={states} chosen={state} words={texts.filters} onChoose={setState} />
      <ItemList
        of={['badge-requests', state]}
        load={(page, signal) => call('GET /badge-requests', { query: { ...page, state }, signal })}
        keyOf={({ id }) => id}
        row={(request) => <Row {...request} />}
        empty={texts.noRequests}
      />
    </Section>
  );
}

function Row(request: BadgeRequest) {
  const texts = useBadgeTexts();
  const { badge, subject, note, reason, appliedAt, appliedBy, decidedBy, state, doubt, doubtedAt } = request;
  return (
    <>
      <span className="min-w-0 grow">
        <span className="chip">{texts[badge]}</span>{' '}
        {badge === 'official' ? (
          <RepositoryLink repository={subject} className="link font-medium">
            {subject}
          </RepositoryLink>
        ) : (
          <Link to="/o/$" params={{ _splat: subject }} className="link font-medium">
            {subject}
          </Link>
        )}
        <span className="block text-sm text-muted">
          {appliedBy} · <RelativeTime at={appliedAt} />
          {decidedBy !== undefined && ` · ${texts.by(decidedBy)}`}
        </span>
        {doubt !== undefined && doubtedAt !== undefined && (
          <span className="block text-bad">
            {texts.doubted} <RelativeTime at={doubtedAt} />: <ForeignText>{doubt}</ForeignText>
          </span>
        )}
        {(note !== '' || reason !== '') && (
          <span className="block">
            <ForeignText>{[note, reason].filter(Boolean).join(' — ')}</ForeignText>
          </span>
        )}
      </span>
      <span className="flex gap-2">
        {decisions[state].map((decision) => (
          <Decide key={decision} request={request} decision={decision} />
        ))}
      </span>
    </>
  );
}

function Decide({ request: { id, subject }, decision }: { request: BadgeRequest; decision: Decision }) {
  const texts = useBadgeTexts();
  return (
    <DecideButton
      text={texts[decision]}
      title={texts.title(texts[decision], subject)}
      isDanger={{ page: decision === 'revoke', dialog: decision !== 'grant' }}
      reason={{ label: texts.reason, hint: texts.reasonHint }}
      concerns={[['badge-requests'], ['repository'], ['search']]}
      words={{ CONFLICT: texts.changedMeanwhile }}
      done={texts.decided[decision](subject)}
      onDecide={(reason) => call('POST /badge-requests/{id}/decision', { params: { id }, body: { decision, reason } })}
    />
  );
}
