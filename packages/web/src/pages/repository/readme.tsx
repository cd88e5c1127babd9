import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { problemOf } from '../../api/api-error.ts';
import { type Answer, callWithEtag, type Seen } from '../../api/client.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { Meanwhile } from '../../parts/edits/meanwhile.tsx';
import { useEdits } from '../../parts/edits/use-edits.ts';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useToast } from '../../parts/toasts.tsx';

const Markdown = lazy(async () => ({ default: (await import('../../parts/markdown.tsx')).Markdown }));

export function Readme({ repository, canEdit }: { repository: string; canEdit: boolean }) {
  const { readme: texts } = useTexts();
  const [isEditing, setIsEditing] = useState(false);
  const readme = useQuery({
    queryKey: ['readme', repository],
    queryFn: ({ signal }) => callWithEtag('GET /repositories/{repository}/-/readme', { params: { repository }, signal }),
  });
  if (readme.data === undefined) return readme.isError ? <ErrorState error={readme.error} retry={() => void readme.refetch()} /> : <Skeleton rows={4} />;
  const { value } = readme.data;
  if (isEditing) return <Editor repository={repository} now={readme.data} onEnd={() => setIsEditing(false)} />;
  if (value.text === '' && !canEdit) return null;
  return (
    <section aria-label={texts.title} className="mt-8 border-t border-line pt-5">
      <div className="mb-2 flex items-center justify-between gap-4">
        <p className="text-sm text-muted">{value.origin === 'image' ? texts.fromImage : value.text === '' ? texts.none : texts.title}</p>
        {canEdit && (
          <button type="button" className="button" onClick={() => setIsEditing(true)}>
            {value.origin === 'edited' ? texts.edit : texts.write}
          </button>
        )}
      </div>
      <Suspense fallback={<Skeleton rows={4} />}>
        <Markdown text={value.text} />
      </Suspense>
    </section>
  );
}

type ReadmeText = Answer<'GET /repositories/{repository}/-/readme'>;
type EditorProps = { repository: string; now: Seen<ReadmeText>; onEnd: () => void };

/** What somebody else saved meanwhile is not overwritten, and what was typed here stays. */
function Editor({ repository, now, onEnd }: EditorProps) {
  const texts = useTexts();
  const queries = useQueryClient();
  const toast = useToast();
  const edits = useEdits(now, (value) => [[texts.readme.title, textOf(value)]]);
  // What nobody has typed yet follows what is there.
  const [typed, setTyped] = useState<string>();
  const draft = typed ?? textOf(edits.base.value);
  const [isPreview, setIsPreview] = useState(false);
  const save = useSend({
    mutationFn: (seen: Seen) => callWithEtag('PUT /repositories/{repository}/-/readme', { params: { repository }, body: { text: draft } }, seen),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['readme', repository] });
      toast({ text: texts.settings.saved });
      onEnd();
    },
    // What somebody else has saved is shown beside the own text.
    onError: () => queries.invalidateQueries({ queryKey: ['readme', repository] }),
  });
  const problem = save.error && problemOf(save.error);
  return (
    <form
      className="mt-8 space-y-3 border-t border-line pt-5"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(edits.base);
      }}
    >
      {problem && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-bad">
          {problem.kind === 'conflict' ? texts.readme.conflict : problemText(problem, texts)}
        </p>
      )}
      {edits.others && (
        <Meanwhile
          changes={edits.others}
          by={problem?.changedBy ?? now.value.changedBy}
          isPending={save.isPending}
          onTakeOver={() => {
            save.reset();
            setTyped(undefined);
            edits.takeOver();
          }}
          onOverwrite={() => save.mutate(now)}
        />
      )}
      {isPreview ? (
        <Suspense fallback={<Skeleton rows={4} />}>
          <Markdown text={draft} />
        </Suspense>
      ) : (
        <textarea
          aria-label={texts.readme.title}
          className="field min-h-80 py-2 font-mono text-[0.87em]"
          maxLength={lengthMax}
          value={draft}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            edits.touch();
          }}
          autoFocus
        />
      )}
      <p className="flex flex-wrap items-center justify-end gap-2">
        <span className="mr-auto text-sm text-muted">{texts.readme.hint}</span>
        <button type="button" className="button" aria-pressed={isPreview} onClick={() => setIsPreview(!isPreview)}>
          {texts.readme.preview}
        </button>
        <button type="button" className="button" onClick={onEnd}>
          {texts.settings.cancel}
        </button>
        <button type="submit" className="button button-main" disabled={save.isPending}>
          {texts.settings.save}
        </button>
      </p>
    </form>
  );
}

/** What the editor begins with: what an image says of itself is not ours to change. */
function textOf({ text, origin }: ReadmeText): string {
  return origin === 'edited' ? text : '';
}

const lengthMax = 50_000;
