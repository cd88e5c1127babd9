/** Asks before what cannot be undone: by the name of what goes, by one's password, or both. */
import type { QueryKey } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormTexts } from '../language/form-texts.ts';
import { ActForm, fieldSecret } from './act-form.tsx';
import { Dialog } from './dialog.tsx';
import { FormField } from './form-field.tsx';
import { useOwnPassword } from './own-password.tsx';
import { useAct } from './use-act.ts';

type Props = {
  text: string;
  title: string;
  lead?: string;
  /** To be typed. */ name?: string;
  asksPassword?: boolean;
  words?: Readonly<Record<string, string>>;
  concerns?: readonly QueryKey[];
  onConfirm: (password: string) => Promise<unknown>;
  onDone?: () => void;
};

export function ConfirmButton({ text, title, lead, name, asksPassword = false, words = {}, concerns = [], onConfirm, onDone }: Props) {
  const forms = useFormTexts();
  const [isOpen, setIsOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const ownPassword = useOwnPassword({ autoFocus: name === undefined });
  const act = useAct((fields: FormData) => onConfirm(fieldSecret(fields, 'password')), {
    words: { ...(asksPassword && { DENIED: ownPassword.refusal }), ...words },
    concerns,
    onDone() {
      setIsOpen(false);
      onDone?.();
    },
  });
  function close(): void {
    setIsOpen(false);
    setTyped('');
    act.reset();
  }
  return (
    <>
      <button type="button" className="button button-danger" onClick={() => setIsOpen(true)}>
        {text}
      </button>
      <Dialog title={title} isOpen={isOpen} onClose={close}>
        {lead !== undefined && <p className="mb-4 text-muted">{lead}</p>}
        <ActForm
          act={act}
          submit={text}
          isDanger
          isDisabled={name !== undefined && typed !== name}
          beside={
            <button type="button" className="button" onClick={close}>
              {forms.cancel}
            </button>
          }
        >
          {name !== undefined && (
            <FormField
              label={forms.typeName(name)}
              value={typed}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
            />
          )}
          {asksPassword && ownPassword.field}
        </ActForm>
      </Dialog>
    </>
  );
}
