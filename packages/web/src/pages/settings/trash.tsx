/** What was deleted, by whom and until when it is kept, and the way back. */
import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { shortDigest } from '../../parts/digest-text.tsx';
import { ExactTime } from '../../parts/exact-time.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RepositoryLink } from '../../parts/repository-link.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { DeletedImages } from './deleted-images.tsx';
import { useRuleTexts } from './rule-texts.ts';
import { trashQuery } from './trash-query.ts';

type Deleted = Answer<'GET /repositories/{repository}/-/trash'>['items'][number];

export function Trash({ repository }: { repository: string }) {
  return (
    <>
      <DeletedTags repository={repository} />
      <DeletedImages repository={repository} />
    </>
  );
}

function DeletedTags({ repository }: { repository: string }) {
  const texts = useRuleTexts();
  const trash = useQuery(trashQuery(repository));
  return (
    <Section title={texts.trash} hint={texts.trashHint}>
      {trash.isPending && <Skeleton rows={3} />}
      {trash.isError && <ErrorState error={trash.error} retry={() => void trash.refetch()} />}
      {trash.data?.items.length === 0 && <p className="border-y border-line py-6 text-center text-muted">{texts.emptyTrash}</p>}
      {trash.data !== undefined && trash.data.items.length > 0 && (
        <ul className="border-t border-line">
          {trash.data.items.map((deleted) => (
            <li key={deleted.tag} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
              <Row repository={repository} {...deleted} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Row({ repository, tag, digest, deletedAt, deletedBy, keptUntil }: Deleted & { repository: string }) {
  const texts = useRuleTexts();
  const putBack = useAct(
    () => call('POST /repositories/{repository}/-/place-tags', { params: { repository }, body: { tags: [{ tag, digest, expected: null }] } }),
    {
      concerns: [trashQuery(repository).queryKey, ['tags', repository], ['repository', repository]],
      words: { PRECONDITION_FAILED: texts.pushedMeanwhile },
      said: () => ({ text: texts.isBack(tag) }),
      tellsProblems: true,
    },
  );
  return (
    <>
      <span className="min-w-0 grow">
        <span className="font-mono font-medium">{tag}</span>{' '}
        <RepositoryLink repository={repository} section={{ kind: 'image', digest }} className="link font-mono text-[0.87em]">
          {shortDigest(digest)}
        </RepositoryLink>
        <span className="block text-sm text-muted">
          <RelativeTime at={deletedAt} /> {texts.deletedBy(deletedBy)} ·{' '}
          {keptUntil === undefined ? (
            texts.keptForever
          ) : (
            <>
              {texts.keptUntil} <ExactTime at={keptUntil} />
            </>
          )}
        </span>
      </span>
      <button type="button" className="button" aria-label={texts.putBackTag(tag)} disabled={putBack.isPending} onClick={() => putBack.run()}>
        {texts.putBack}
      </button>
    </>
  );
}
