import { Link } from '@tanstack/react-router';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import type { RepositoryFacts } from '../repository/repository-head.tsx';
import { useReviewTexts } from '../reviews/texts.ts';
import type { Image } from './image-page.tsx';

const colours = { staged: 'text-warn', approved: 'text-good', refused: 'text-bad' } as const;

/** Whether a person has looked at it, for images that others see only then. */
export function ReviewState({ review, may }: { review: NonNullable<Image['review']>; may: RepositoryFacts['may'] }) {
  const texts = useReviewTexts();
  const { state, at, stagedBy, decidedBy, reason } = review;
  return (
    <p className="mb-4 flex flex-wrap items-baseline gap-x-3 gap-y-1 border-l-2 border-line pl-3">
      <span className={`font-medium ${colours[state]}`}>{texts.states[state]}</span>
      <span className="text-sm text-muted">
        <RelativeTime at={at} />
        {stagedBy !== undefined && ` · ${texts.pushed(stagedBy)}`}
        {decidedBy !== undefined && ` · ${texts.by(decidedBy)}`}
      </span>
      {reason !== undefined && <ForeignText>{reason}</ForeignText>}
      {may.includes('review') && (
        <Link to="/reviews" className="link text-sm">
          {texts.title}
        </Link>
      )}
    </p>
  );
}
