/** A form of what several people may write: it saves over nothing that was not seen. */
import type { QueryKey } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import type { Seen } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { ActForm } from '../act-form.tsx';
import type { Toast } from '../toasts.tsx';
import { useAct } from '../use-act.ts';
import { Meanwhile } from './meanwhile.tsx';
import { useEditTexts } from './texts.ts';
import { type Fact, useEdits } from './use-edits.ts';

type Props<Value> = {
  /** As the server had it last. */
  now: Seen<Value>;
  /** All that is written here, for people: it says what others have changed. */
  describe: (value: Value) => readonly Fact[];
  /** With `seen` as what is replaced. */
  save: (fields: FormData, seen: Seen<Value>) => Promise<unknown>;
  /** Beginnings of the keys of what is not true any more, `now` among them. */
  concerns: readonly QueryKey[];
  words?: Readonly<Record<string, string>>;
  said: () => Toast;
  /** Where it is more than to save. */
  submit?: string;
  isQuiet?: boolean;
  isLine?: boolean;
  beside?: ReactNode;
  children: (value: Value) => ReactNode;
};

export function EditForm<Value>({ now, describe, save, concerns, words = {}, said, submit, isQuiet = false, isLine = false, beside, children }: Props<Value>) {
  const texts = useEditTexts();
  const forms = useFormTexts();
  const edits = useEdits(now, describe);
  const around = useRef<HTMLDivElement>(null);
  const isOverwriting = useRef(false);
  const act = useAct(
    (fields: FormData) => {
      const seen = isOverwriting.current ? now : edits.base;
      isOverwriting.current = false;
      return save(fields, seen);
    },
    { concerns, words: { PRECONDITION_FAILED: texts.notSaved, ...words }, said, onDone: edits.release },
  );
  const isRefused = act.failure?.code === 'PRECONDITION_FAILED' && edits.base.etag !== now.etag;
  const others = edits.others ?? (isRefused ? [] : undefined);
  return (
    <div ref={around} onInput={edits.touch}>
      <ActForm key={edits.key} act={act} submit={submit ?? forms.save} isQuiet={isQuiet} isLine={isLine} beside={beside}>
        {children(edits.base.value)}
        {others && (
          <Meanwhile
            changes={others}
            by={act.failure?.changedBy}
            isPending={act.isPending}
            onTakeOver={() => {
              act.reset();
              edits.takeOver();
            }}
            onOverwrite={() => {
              isOverwriting.current = true;
              around.current?.querySelector('form')?.requestSubmit();
            }}
          />
        )}
      </ActForm>
    </div>
  );
}
