import { useSeverityTexts } from '../../parts/severity.tsx';
import { useEnvironmentTexts } from './texts.ts';
import type { Environment } from './environment-query.ts';

/** What an environment takes and asks for, in a few words. */
export function Rules({ environment: { follows, paused, needsApproval, after, requires } }: { environment: Omit<Environment, 'instances'> }) {
  const texts = useEnvironmentTexts();
  const severityTexts = useSeverityTexts();
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
      {requires?.block !== undefined && <span className="chip">{texts.blocks(severityTexts[requires.block])}</span>}
      {requires?.block === undefined && requires?.checked === true && <span className="chip">{texts.checkedOnly}</span>}
      {requires?.signedBy !== undefined && <span className="chip">{texts.signedOnly(requires.signedBy.join(', '))}</span>}
      {needsApproval === true && <span className="chip">{texts.needsApproval}</span>}
      {paused === true && <span className="chip text-warn">{texts.paused}</span>}
    </>
  );
}
