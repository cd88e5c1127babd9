import type { Answer } from '../../api/client.ts';
import { shortDigest } from '../../parts/digest-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { useAuditTexts } from './texts.ts';

type Entry = Answer<'GET /audit'>['items'][number];

/** What an entry holds was partly written by others: all of it is shown as text. */
export function AuditEntry({ at, action, actor, address, credential, namespace, repository, digest, tag, detail, hash }: Entry) {
  const texts = useAuditTexts();
  return (
    <li className="border-b border-line py-2">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
        <span className="w-28 text-sm text-muted">
          <RelativeTime at={at} />
        </span>
        <span className="font-medium">{actor}</span>
        <span className="font-mono text-[0.87em]">{action}</span>
        <span className="min-w-0 grow">
          {repository === undefined ? (
            namespace
          ) : (
            <RepositoryLink repository={repository} className="link underline underline-offset-3">
              {repository}
            </RepositoryLink>
          )}
          {tag !== undefined && <span className="font-mono text-[0.87em]">:{tag}</span>}{' '}
          {digest !== undefined && (
            <span className="font-mono text-[0.87em] text-muted" title={digest}>
              {shortDigest(digest)}
            </span>
          )}
        </span>
        <span className="text-sm text-muted">{address}</span>
      </div>
      <details className="text-sm text-muted">
        <summary className="mt-1 w-fit py-1">{texts.details}</summary>
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-4 font-mono">
          {credential !== undefined && <Fact name={texts.credential} text={credential} />}
          {Object.entries(detail ?? {}).map(([name, value]) => (
            <Fact key={name} name={name} text={typeof value === 'string' ? value : JSON.stringify(value)} />
          ))}
          <Fact name={texts.hash} text={hash} />
        </dl>
      </details>
    </li>
  );
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="min-w-0 text-text">{text}</dd>
    </>
  );
}
