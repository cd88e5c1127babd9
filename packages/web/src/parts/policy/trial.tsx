import type { Answer } from '../../api/client.ts';
import { ForeignText } from '../foreign-text.tsx';
import { RepositoryLink } from '../repository-link.tsx';
import { usePolicyTexts } from './policy-texts.ts';

const shownMax = 50;

/** What a policy would block if it held. */
export function Trial({ blocked, judged, isWhole }: Answer<'POST /repositories/{repository}/-/policy/check'>) {
  const texts = usePolicyTexts();
  return (
    <div role="status" className="mt-6 border-l-2 border-accent pl-4">
      <p className="mb-2 font-medium">{blocked.length === 0 ? texts.nothingBlocked(judged) : texts.wouldBlock(blocked.length, judged)}</p>
      {!isWhole && <p className="mb-2 text-warn">{texts.notWhole}</p>}
      <ul className="list-disc pl-5">
        {blocked.slice(0, shownMax).map(({ repository, tags, digest, reasons: [reason] }) => (
          <li key={`${repository}@${digest}`}>
            <RepositoryLink repository={repository} section={{ kind: 'image', digest }} className="link">
              {tags[0] === undefined ? `${repository}@${digest.slice(0, 19)}` : `${repository}:${tags[0]}`}
            </RepositoryLink>{' '}
            <span className="text-muted">
              <ForeignText>{reason?.text ?? ''}</ForeignText>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
