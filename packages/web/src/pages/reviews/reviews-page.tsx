/** For whoever reviews: what waits for a decision, and the decision. */
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { DigestText } from '../../parts/digest-text.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { ForPeople } from '../../parts/for-people.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useReviewTexts } from './texts.ts';

const states = ['staged', 'approved', 'refused'] as const;
type State = (typeof states)[number];
type Decision = 'approve' | 'refuse';
type Review = Answer<'GET /reviews'>['items'][number];
const decisions: Readonly<Record<State, readonly Decision[]>> = { staged: ['approve', 'refuse'], approved: ['refuse'], refused: ['approve'] };

export function ReviewsPage() {
  const texts = useReviewTexts();
  const [state, setState] = useState<State>('staged');
  usePageTitle(texts.title);
  return (
    <>
      <h1>{texts.title}</h1>
      <p className="mb-4 text-muted">{texts.hint}</p>
      <ForPeople>
        {() => (
          <>
            <div className="mb-4 max-w-60">
              <SelectField
                label={texts.show}
                name="state"
                chosen={state}
                options={states.map((one) => [one, texts.filters[one]])}
                onChoose={(chosen) => setState(states.find((one) => one === chosen) ?? 'staged')}
              />
            </div>
            <ItemList
              of={['reviews', state]}
              load={(page, signal) => call('GET /reviews', { query: { ...page, state }, signal })}
              keyOf={({ repository, digest }) => `${repository}@${digest}`}
              row={(review) => <Row {...review} />}
              empty={texts.none}
            />
          </>
        )}
      </ForPeople>
    </>
  );
}

function Row(review: Review) {
  const texts = useReviewTexts();
  const { repository, digest, tags, state, stagedAt, stagedBy, decidedBy, reason } = review;
  return (
    <>
      <span className="min-w-0 grow">
        <RepositoryLink repository={repository} section={{ kind: 'image', digest }} className="link font-medium">
          {repository}
        </RepositoryLink>{' '}
        {tags.map((tag) => (
          <span key={tag} className="chip mr-1 font-mono">
            {tag}
          </span>
        ))}
        <DigestText digest={digest} />
        <span className="block text-sm text-muted">
          {texts.pushed(stagedBy)} · <RelativeTime at={stagedAt} />
          {decidedBy !== undefined && ` · ${texts.by(decidedBy)}`}
        </span>
        {reason !== '' && (
          <span className="block">
            <ForeignText>{reason}</ForeignText>
          </span>
        )}
      </span>
      <span className="flex gap-2">
        {decisions[state].map((decision) => (
          <Decide key={decision} review={review} decision={decision} />
        ))}
      </span>
    </>
  );
}

function Decide({ review: { repository, digest, tags }, decision }: { review: Review; decision: Decision }) {
  const texts = useReviewTexts();
  const [isOpen, setIsOpen] = useState(false);
  const image = `${repository}${tags[0] === undefined ? `@${digest.slice(0, 19)}` : `:${tags[0]}`}`;
  const decide = useAct(
    (fields: FormData) =>
      call('POST /repositories/{repository}/-/images/{reference}/review', {
        params: { repository, reference: digest },
        body: { decision, reason: fieldText(fields, 'reason') },
      }),
    { concerns: [['reviews'], ['repository'], ['tags']], said: () => ({ text: texts.decided[decision](image) }), onDone: () => setIsOpen(false) },
  );
  function close(): void {
    setIsOpen(false);
    decide.reset();
  }
  return (
    <>
      <button type="button" className={`button ${decision === 'refuse' ? 'button-danger' : ''}`} onClick={() => setIsOpen(true)}>
        {texts[decision]}
      </button>
      <Dialog title={texts.heading(texts[decision], image)} isOpen={isOpen} onClose={close}>
        <ActForm act={decide} submit={texts[decision]} isDanger={decision === 'refuse'}>
          <FormField
            label={texts.reason}
            hint={decision === 'refuse' ? texts.refuseHint : texts.approveHint}
            name="reason"
            maxLength={200}
            required={decision === 'refuse'}
            autoComplete="off"
            autoFocus
          />
        </ActForm>
      </Dialog>
    </>
  );
}
