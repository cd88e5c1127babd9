/** For whoever reviews: what waits for a decision, and the decision. */
import { type Answer, call } from '../../api/client.ts';
import { DecideButton } from '../../parts/decide-button.tsx';
import { DigestText } from '../../parts/digest-text.tsx';
import { ForPeople } from '../../parts/for-people.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { StateFilter } from '../../parts/state-filter.tsx';
import { useReviewTexts } from './texts.ts';
import { useAddressed } from '../../parts/use-addressed.ts';

const states = ['staged', 'approved', 'refused'] as const;
type State = (typeof states)[number];
type Decision = 'approve' | 'refuse';
type Review = Answer<'GET /reviews'>['items'][number];
const decisions: Readonly<Record<State, readonly Decision[]>> = { staged: ['approve', 'refuse'], approved: ['refuse'], refused: ['approve'] };

export function ReviewsPage() {
  const texts = useReviewTexts();
  const [state, setState] = useAddressed('state', states);
  usePageTitle(texts.title);
  return (
    <>
      <h1>{texts.title}</h1>
      <p className="mb-4 text-muted">{texts.hint}</p>
      <ForPeople>
        {() => (
          <>
            <StateFilter label={texts.show} states={states} chosen={state} words={texts.filters} onChoose={setState} />
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
  const image = `${repository}${tags[0] === undefined ? `@${digest.slice(0, 19)}` : `:${tags[0]}`}`;
  const isRefusal = decision === 'refuse';
  return (
    <DecideButton
      text={texts[decision]}
      title={texts.heading(texts[decision], image)}
      isDanger={{ page: isRefusal, dialog: isRefusal }}
      reason={{ label: texts.reason, hint: isRefusal ? texts.refuseHint : texts.approveHint, isRequired: isRefusal }}
      concerns={[['reviews'], ['repository'], ['tags']]}
      done={texts.decided[decision](image)}
      onDecide={(reason) =>
        call('POST /repositories/{repository}/-/images/{reference}/review', { params: { repository, reference: digest }, body: { decision, reason } })
      }
    />
  );
}
