import { Link } from '@tanstack/react-router';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { type Notice, useNoticeTexts } from './texts.ts';

/** What it says was partly written by others: all of it is shown as text. */
export function NoticeRow({ notice, onRead }: { notice: Notice; onRead: () => void }) {
  const texts = useNoticeTexts();
  const sentence = texts.sentence(notice);
  return (
    <li className="flex min-h-13 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
      <span className="min-w-0 grow basis-72">
        <span className="block text-sm text-muted">
          <Place notice={notice} /> · <RelativeTime at={notice.at} />
          {notice.isUnread && <span className="chip ml-2">{texts.isUnread}</span>}
        </span>
        <span className={`block break-words ${notice.isUnread ? 'font-semibold' : ''}`}>
          <ForeignText>{sentence}</ForeignText>
        </span>
      </span>
      {notice.isUnread && (
        <button type="button" className="button" aria-label={`${texts.markRead}: ${sentence}`} onClick={onRead}>
          {texts.markRead}
        </button>
      )}
    </li>
  );
}

function Place({ notice: { kind, repository, tag, namespace } }: { notice: Notice }) {
  const texts = useNoticeTexts();
  if (repository !== undefined) {
    return (
      <>
        <RepositoryLink repository={repository} className="link underline underline-offset-3">
          {repository}
        </RepositoryLink>
        {tag !== undefined && <span className="font-mono text-[0.87em]">:{tag}</span>}
      </>
    );
  }
  if (kind === 'token' && namespace === undefined) {
    return (
      <Link to="/settings/$" params={{ _splat: 'tokens' }} className="link underline underline-offset-3">
        {texts.kinds.token}
      </Link>
    );
  }
  if (namespace === undefined || namespace === '') return <span>{texts.kinds[kind]}</span>;
  return (
    <Link to="/o/$" params={{ _splat: namespace }} className="link underline underline-offset-3">
      {namespace}
    </Link>
  );
}
