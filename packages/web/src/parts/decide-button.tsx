/** A decision that is explained: a button, and a dialog that asks for the reason. */
import { useState } from 'react';
import type { QueryKey } from '@tanstack/react-query';
import { ActForm, fieldText } from './act-form.tsx';
import { Dialog } from './dialog.tsx';
import { FormField } from './form-field.tsx';
import { useAct } from './use-act.ts';

type Props = {
  text: string;
  title: string;
  /** Of the button on the page, and of the one in the dialog. */ isDanger: { page: boolean; dialog: boolean };
  reason: { label: string; hint: string; isRequired?: boolean };
  concerns: readonly QueryKey[];
  words?: Readonly<Record<string, string>>;
  /** What is said when it is done. */ done: string;
  onDecide: (reason: string) => Promise<unknown>;
};

export function DecideButton({ text, title, isDanger, reason, concerns, words = {}, done, onDecide }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const decide = useAct((fields: FormData) => onDecide(fieldText(fields, 'reason')), {
    concerns,
    words,
    said: () => ({ text: done }),
    onDone: () => setIsOpen(false),
  });
  function close(): void {
    setIsOpen(false);
    decide.reset();
  }
  return (
    <>
      <button type="button" className={`button ${isDanger.page ? 'button-danger' : ''}`} onClick={() => setIsOpen(true)}>
        {text}
      </button>
      <Dialog title={title} isOpen={isOpen} onClose={close}>
        <ActForm act={decide} submit={text} isDanger={isDanger.dialog}>
          <FormField label={reason.label} hint={reason.hint} name="reason" maxLength={200} required={reason.isRequired === true} autoComplete="off" autoFocus />
        </ActForm>
      </Dialog>
    </>
  );
}
