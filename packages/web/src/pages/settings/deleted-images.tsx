/** Images that were deleted by their digest: put back with those of their tags that are nowhere now, or given up for good. */
import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { DigestText, shortDigest } from '../../parts/digest-text.tsx';
import { ExactTime } from '../../parts/exact-time.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useRuleTexts } from './rule-texts.ts';
import { trashQuery } from './trash-query.ts';

type DeletedImage = Answer<'GET /repositories/{repository}/-/trash/images'>['items'][number];

const keyOf = (repository: string) => ['deleted-images', repository];
const listMax = 1000;

export function DeletedImages({ repository }: { repository: string }) {
  const texts = useRuleTexts();
  const params = { repository };
  const images = useQuery({
    queryKey: keyOf(repository),
    queryFn: ({ signal }) => call('GET /repositories/{repository}/-/trash/images', { params, query: { limit: listMax }, signal }),
  });
  return (
    <Section title={texts.images} hint={texts.imagesHint}>
      {images.isPending && <Skeleton rows={2} />}
      {images.isError && <ErrorState error={images.error} retry={() => void images.refetch()} />}
      {images.data?.items.length === 0 && <p className="border-y border-line py-6 text-center text-muted">{texts.noImages}</p>}
      {images.data !== undefined && images.data.items.length > 0 && (
        <>
          <ul className="mb-4 border-t border-line">
            {images.data.items.map((image) => (
              <li key={image.digest} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
                <Row repository={repository} {...image} />
              </li>
            ))}
          </ul>
          <ConfirmButton
            text={texts.emptyNow}
            title={texts.emptyTitle}
            lead={texts.emptyLead}
            name={repository}
            concerns={[keyOf(repository)]}
            onConfirm={() => call('POST /repositories/{repository}/-/trash/empty', { params })}
          />
        </>
      )}
    </Section>
  );
}

function Row({ repository, digest, tags, deletedAt, deletedBy, until }: DeletedImage & { repository: string }) {
  const texts = useRuleTexts();
  const params = { repository, digest };
  const putBack = useAct(() => call('POST /repositories/{repository}/-/trash/images/{digest}/restore', { params, body: {} }), {
    concerns: [keyOf(repository), trashQuery(repository).queryKey, ['tags', repository], ['repository', repository]],
    said: (_, restored) => ({ text: texts.imageIsBack(restored.tags.join(', ')) }),
    tellsProblems: true,
  });
  return (
    <>
      <span className="min-w-0 grow">
        <DigestText digest={digest} />{' '}
        {tags.map((tag) => (
          <span key={tag} className="chip mr-1 font-mono">
            {tag}
          </span>
        ))}
        <span className="block text-sm text-muted">
          <RelativeTime at={deletedAt} /> {texts.deletedBy(deletedBy)} · {texts.until} <ExactTime at={until} />
        </span>
      </span>
      <button type="button" className="button" aria-label={texts.putBackTag(shortDigest(digest))} disabled={putBack.isPending} onClick={() => putBack.run()}>
        {texts.putBack}
      </button>
    </>
  );
}
