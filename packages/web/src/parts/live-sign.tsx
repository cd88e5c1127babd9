import type { LiveState } from '../api/live-events.ts';
import { useTexts } from '../language/language.tsx';

/** A filled dot while the page is live, an empty one while not; and in words. */
export function LiveSign({ state, text }: { state: LiveState; text?: string }) {
  const { tags } = useTexts();
  const isLive = state === 'live';
  return (
    <span role="status" className="inline-flex items-center gap-1.5 text-sm whitespace-nowrap text-muted" title={tags.liveTitle}>
      {isLive ? (text ?? tags.live.live) : tags.live[state]}
      <span aria-hidden="true" className={`size-2 rounded-full border ${isLive ? 'border-good bg-good' : 'border-strong-line'}`} />
    </span>
  );
}
