/** Requests for badges: looked at, granted, declined, and taken back, with a reason that whoever asked reads. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import type { BadgeRequest } from '../../parts/badge-requests/badge-requests.tsx';
import { useBadgeTexts } from '../../parts/badge-requests/texts.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { useAct } from '../../parts/use-act.ts';

const states = ['applied', 'granted', 'declined', 'revoked'] as const;
type State = (typeof states)[number];
type Decision = 'grant' | 'decline' | 'revoke';
const decisions: Readonly<Record<State, readonly Decision[]>> = { applied: ['grant', 'decline'], granted: ['revoke'], declined: [], revoked: [] };

export function BadgeReview() {
  const texts = useBadgeTexts();
  const [state, setState] = useState<State>('applied');
  return (
    <Section title={texts.requests} hint={texts.requestsHint}>
      <div className="mb-4 max-w-60">
        <SelectField
          label={texts.show}
          name="state"
          chosen={state}
          options={states.map((one) => [one, texts.filters[one]])}
          onChoose={(chosen) => setState(states.find((one) => one === chosen) ?? 'applied')}
        />
      </div>
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
  const [isOpen, setIsOpen] = useState(false);
  const decide = useAct(
    (fields: FormData) => call('POST /badge-requests/{id}/decision', { params: { id }, body: { decision, reason: fieldText(fields, 'reason') } }),
    {
      concerns: [['badge-requests'], ['repository'], ['search']],
      words: { CONFLICT: texts.changedMeanwhile },
      said: () => ({ text: texts.decided[decision](subject) }),
      onDone: () => setIsOpen(false),
    },
  );
  function close(): void {
    setIsOpen(false);
    decide.reset();
  }
  return (
    <>
      <button type="button" className={`button ${decision === 'revoke' ? 'button-danger' : ''}`} onClick={() => setIsOpen(true)}>
        {texts[decision]}
      </button>
      <Dialog title={texts.title(texts[decision], subject)} isOpen={isOpen} onClose={close}>
        <ActForm act={decide} submit={texts[decision]} isDanger={decision !== 'grant'}>
          <FormField label={texts.reason} hint={texts.reasonHint} name="reason" maxLength={200} autoComplete="off" autoFocus />
        </ActForm>
      </Dialog>
    </>
  );
}
