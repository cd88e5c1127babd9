import { useState } from 'react';
import { useTexts } from '../../language/language.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormField } from '../../parts/form-field.tsx';

type Props = {
  readonly repository: string;
  readonly title: string;
  readonly button: string;
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly problem: string | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
};

/** What nobody can take back: the repository's name is typed first. */
export function ConfirmByName({ repository, title, button, isOpen, isBusy, problem, onConfirm, onClose }: Props) {
  const { settings } = useTexts();
  const [typed, setTyped] = useState('');
  const close = () => {
    setTyped('');
    onClose();
  };
  return (
    <Dialog title={title} isOpen={isOpen} onClose={close}>
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === repository) onConfirm();
        }}
      >
        <FormField
          label={settings.typeName(repository)}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          problem={problem}
          autoComplete="off"
          autoFocus
        />
        <p className="flex justify-end gap-2">
          <button type="button" className="button" onClick={close}>
            {settings.cancel}
          </button>
          <button type="submit" className="button button-danger" disabled={typed !== repository || isBusy}>
            {button}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
