import type { QueryKey } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { useTexts } from '../../language/language.tsx';
import { ActForm, fieldSecret } from '../../parts/act-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import type { Person } from '../../parts/for-people.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { type Act, useAct } from '../../parts/use-act.ts';
import { useAdministrationTexts } from './texts.ts';

/** What an administrator may change of an account. What can be undone is done at once. */
export function UserDialog({
  user: { name, administrator, disabledAt },
  concerns,
  onClose,
}: {
  user: Person;
  concerns: readonly QueryKey[];
  onClose: () => void;
}) {
  const texts = useAdministrationTexts();
  const forms = useFormTexts();
  const { account } = useTexts();
  const params = { user: name };
  // The note that undoes it lies below an open dialog.
  const options = { concerns: [...concerns, ['self']], words: { CONFLICT: texts.lastAdministrator }, onDone: onClose };
  const promote: Act<boolean> = useAct((next: boolean) => call('PATCH /users/{user}', { params, body: { administrator: next } }), {
    ...options,
    said: (next) => ({ text: next ? texts.promoted(name) : texts.demoted(name), undo: () => promote.run(!next) }),
  });
  const disable: Act<boolean> = useAct((next: boolean) => call('PATCH /users/{user}', { params, body: { disabled: next } }), {
    ...options,
    said: (next) => ({ text: next ? texts.userDisabled(name) : texts.userEnabled(name), undo: () => disable.run(!next) }),
  });
  const setPassword = useAct((fields: FormData) => call('PATCH /users/{user}', { params, body: { password: fieldSecret(fields, 'password') } }), {
    concerns,
    said: () => ({ text: texts.passwordSet(name) }),
    onDone: onClose,
  });
  const problem = promote.problem ?? disable.problem;
  return (
    <div className="space-y-5">
      {problem !== undefined && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-bad">
          {problem}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <button type="button" className="button" disabled={promote.isPending} onClick={() => promote.run(!administrator)}>
          {administrator ? texts.demote : texts.promote}
        </button>
        <button type="button" className="button" disabled={disable.isPending} onClick={() => disable.run(disabledAt === undefined)}>
          {disabledAt === undefined ? texts.disable : texts.enable}
        </button>
        <ConfirmButton
          text={texts.resetFactor}
          title={texts.resetFactorTitle(name)}
          lead={texts.resetFactorLead}
          name={name}
          concerns={concerns}
          onConfirm={() => call('PATCH /users/{user}', { params, body: { secondFactor: false } })}
        />
      </div>
      <ActForm act={setPassword} submit={texts.setPassword} isQuiet>
        <FormField label={texts.newPassword} hint={account.passwordHint} name="password" type="password" autoComplete="new-password" required />
      </ActForm>
      <div className="flex flex-wrap justify-between gap-2 border-t border-line pt-4">
        <ConfirmButton
          text={texts.deleteUser}
          title={texts.deleteTitle(name)}
          lead={texts.deleteLead}
          name={name}
          words={{ CONFLICT: texts.cannotDelete }}
          concerns={concerns}
          onConfirm={() => call('DELETE /users/{user}', { params })}
          onDone={onClose}
        />
        <button type="button" className="button" onClick={onClose}>
          {forms.close}
        </button>
      </div>
    </div>
  );
}
