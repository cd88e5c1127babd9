import { useQuery, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '../../api/api-error.ts';
import { type Answer, call } from '../../api/client.ts';
import { useLiveEvents } from '../../api/live-events.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { shortDigest } from '../../parts/digest-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { useToast } from '../../parts/toasts.tsx';
import type { RepositoryFacts } from '../repository/repository-head.tsx';

type Move = Answer<'GET /repositories/{repository}/-/tags/{tag}/history'>['items'][number];

export function TagHistory({ facts, tag }: { facts: RepositoryFacts; tag: string | undefined }) {
  const { image: texts } = useTexts();
  return tag === undefined ? <EmptyState title={texts.noHistory} /> : <History key={tag} facts={facts} tag={tag} />;
}

function History({ facts, tag }: { facts: RepositoryFacts; tag: string }) {
  const texts = useTexts();
  const queries = useQueryClient();
  const toast = useToast();
  const params = { repository: facts.name, tag };
  const key = ['history', facts.name, tag];
  const history = useQuery({ queryKey: key, queryFn: ({ signal }) => call('GET /repositories/{repository}/-/tags/{tag}/history', { params, signal }) });
  const refresh = () => void queries.invalidateQueries({ queryKey: key });
  useLiveEvents({ repository: facts.name, kinds: ['tag.moved', 'tag.deleted'], onEvent: (event) => event.tag === tag && refresh(), onLost: refresh });

  /** `from`: where the tag is now, as far as this page knows. When it is not, nothing is changed. */
  const place = (digest: string, from: string | null) =>
    call('POST /repositories/{repository}/-/place-tags', { params: { repository: facts.name }, body: { tags: [{ tag, digest, expected: from }] } });
  const complain = (error: unknown) => toast({ text: problemText(problemOf(error), texts), isBad: true });

  async function takeBack(from: string, to: string | null): Promise<void> {
    try {
      if (to === null) await call('POST /repositories/{repository}/-/delete-tags', { params: { repository: facts.name }, body: { tags: [tag] } });
      else await place(to, from);
      toast({ text: texts.image.undone(tag) });
    } catch (error) {
      complain(error);
    }
  }
  const restore = useSend({
    mutationFn: ({ digest, from }: { digest: string; from: string | null }) => place(digest, from),
    onSuccess(_, { digest, from }) {
      refresh();
      void queries.invalidateQueries({ queryKey: ['image', facts.name] });
      toast({ text: texts.image.restored(tag), undo: () => takeBack(digest, from) });
    },
    onError(error) {
      refresh();
      complain(error);
    },
  });

  if (history.isPending) return <Skeleton rows={3} />;
  if (history.isError) return <ErrorState error={history.error} retry={() => void history.refetch()} />;
  const moves = history.data.items;
  const now = moves[0]?.digest ?? null;
  return (
    <>
      <h3 className="mb-1 text-sm text-muted">{texts.image.historyOf(tag)}</h3>
      <ol className="border-t border-line">
        {moves.map((move, index) => (
          <Line key={`${move.at} ${index}`} repository={facts.name} tag={tag} move={move} isNow={index === 0}>
            {move.digest !== undefined && move.digest !== now && facts.may.includes('tag:move') && (
              <button
                type="button"
                className="button"
                title={texts.image.restoreTitle(tag, shortDigest(move.digest))}
                disabled={restore.isPending}
                onClick={() => move.digest !== undefined && restore.mutate({ digest: move.digest, from: now })}
              >
                {texts.image.restore}
              </button>
            )}
          </Line>
        ))}
      </ol>
    </>
  );
}

type LineProps = { repository: string; tag: string; move: Move; isNow: boolean; children: React.ReactNode };

function Line({ repository, tag, move: { digest, at, by }, isNow, children }: LineProps) {
  const { image: texts, tags, copy } = useTexts();
  return (
    <li className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-1.5">
      {digest === undefined ? (
        <span className="text-muted">{texts.wasDeleted}</span>
      ) : (
        <>
          <RepositoryLink repository={repository} section={{ kind: 'image', digest }} search={{ tag }} className="link font-mono text-[0.87em]">
            {shortDigest(digest)}
          </RepositoryLink>
          <span className="-ml-3">
            <CopyButton text={digest} what={copy.digest} />
          </span>
        </>
      )}
      {isNow && <span className="chip">{texts.now}</span>}
      <span className="text-sm text-muted">
        <RelativeTime at={at} /> {by !== 'anonymous' && tags.by(by)}
      </span>
      <span className="ml-auto">{children}</span>
    </li>
  );
}
