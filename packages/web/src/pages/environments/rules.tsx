import { useEnvironmentTexts } from './texts.ts';
import type { Environment } from './environment-query.ts';

/** What an environment takes and asks for, in a few words. */
export function Rules({ environment: { follows, paused, needsApproval, after } }: { environment: Omit<Environment, 'instances'> }) {
  const texts = useEnvironmentTexts();
  return (
    <>
      <span className="text-muted">
        {follows?.kind === 'tags'
          ? texts.follows.tags(follows.pattern)
          : follows?.kind === 'versions'
            ? texts.follows.versions(follows.range)
            : texts.follows.nothing}
      </span>
      {after !== undefined && <span className="chip">{texts.after(after)}</span>}
      {needsApproval === true && <span className="chip">{texts.needsApproval}</span>}
      {paused === true && <span className="chip text-warn">{texts.paused}</span>}
    </>
  );
}
