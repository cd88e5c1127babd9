import { problemOf } from '../../api/api-error.ts';
import { type Answer, call } from '../../api/client.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { useToast } from '../../parts/toasts.tsx';

type Props = { repository: string; tags: readonly string[]; onDeleted: (tags: readonly string[]) => void; onClear: () => void };
type Deleted = Answer<'POST /repositories/{repository}/-/delete-tags'>['deleted'];

/** Of one request. */
const tagsMax = 100;

/** What is selected, and what can be done with it. Deleting asks nothing: it can be undone. */
export function SelectionBar({ repository, tags, onDeleted, onClear }: Props) {
  const texts = useTexts();
  const toast = useToast();
  const params = { repository };

  async function putBack(deleted: Deleted): Promise<void> {
    try {
      for (const part of inParts(deleted)) await call('POST /repositories/{repository}/-/place-tags', { params, body: { tags: part } });
      toast({ text: texts.tags.restored(deleted.length) });
    } catch (error) {
      toast({ text: problemText(problemOf(error), texts), isBad: true, undo: () => putBack(deleted) });
    }
  }

  const remove = useSend({
    async mutationFn() {
      const deleted: Deleted[number][] = [];
      try {
        for (const part of inParts(tags))
          deleted.push(...(await call('POST /repositories/{repository}/-/delete-tags', { params, body: { tags: part } })).deleted);
      } finally {
        // What was deleted before something went wrong can be undone as well.
        onDeleted(deleted.map(({ tag }) => tag));
        if (deleted.length > 0) toast({ text: texts.tags.deleted(deleted.length), undo: () => putBack(deleted) });
      }
    },
    onSuccess: onClear,
    onError: (error) => toast({ text: problemText(problemOf(error), texts), isBad: true }),
  });

  return (
    <div className="sticky bottom-4 z-10 mx-auto mt-4 flex w-fit max-w-full flex-wrap items-center gap-3 rounded-md border border-strong-line bg-raised py-1.5 pr-1.5 pl-4 shadow-lg">
      <span role="status">{texts.tags.selected(tags.length)}</span>
      <button type="button" className="button" onClick={onClear}>
        {texts.tags.clear}
      </button>
      <button type="button" className="button button-danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
        {texts.tags.delete}
      </button>
    </div>
  );
}

function inParts<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / tagsMax) }, (_, part) => items.slice(part * tagsMax, (part + 1) * tagsMax));
}
