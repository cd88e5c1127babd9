import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { Bytes } from '../../parts/bytes.tsx';
import { DigestText } from '../../parts/digest-text.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { referrerKind } from './referrer-kind.ts';

type Referrer = Answer<'GET /repositories/{repository}/-/images/{reference}/referrers'>['items'][number];

/** Signatures of attestations of inventories: deeper is nobody's practice. */
const depthMax = 5;

export function ReferrerTree({ repository, reference, depth = 0 }: { repository: string; reference: string; depth?: number }) {
  const { image: texts } = useTexts();
  const referrers = useQuery({
    queryKey: ['referrers', repository, reference],
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/images/{reference}/referrers', { params: { repository, reference }, signal }),
  });
  if (referrers.isPending) return <Skeleton rows={2} />;
  if (referrers.isError) return <ErrorState error={referrers.error} retry={() => void referrers.refetch()} />;
  const { items } = referrers.data;
  if (items.length === 0) return depth === 0 ? <EmptyState title={texts.noReferrers} /> : <p className="py-1 pl-9 text-sm text-muted">{texts.none}</p>;
  return (
    <ul className={depth === 0 ? 'border-t border-line' : 'ml-4 border-l border-line pl-3'}>
      {items.map((referrer) => (
        <Branch key={referrer.digest} repository={repository} referrer={referrer} depth={depth} />
      ))}
    </ul>
  );
}

function Branch({ repository, referrer, depth }: { repository: string; referrer: Referrer; depth: number }) {
  const { image: texts } = useTexts();
  const [isOpen, setIsOpen] = useState(false);
  const { digest, artifactType, mediaType, sizeBytes, generated } = referrer;
  return (
    <li className="border-b border-line">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-label={isOpen ? texts.hide : texts.show}
          disabled={depth >= depthMax}
          onClick={() => setIsOpen(!isOpen)}
          className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-sunken disabled:opacity-40"
        >
          <span aria-hidden="true" className={isOpen ? 'rotate-90' : ''}>
            ›
          </span>
        </button>
        <RepositoryLink repository={repository} section={{ kind: 'image', digest }} className="link font-medium">
          {texts.kinds[referrerKind(referrer)]}
        </RepositoryLink>
        {generated && <span className="chip">{texts.generated}</span>}
        <span className="min-w-0 truncate text-sm text-muted">{artifactType ?? mediaType}</span>
        <span className="ml-auto flex items-center gap-3">
          <DigestText digest={digest} />
          <span className="w-20 text-right text-sm text-muted">
            <Bytes of={sizeBytes} />
          </span>
        </span>
      </div>
      {isOpen && <ReferrerTree repository={repository} reference={digest} depth={depth + 1} />}
    </li>
  );
}
