import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { ActForm, fieldSecret, fieldText } from '../../parts/act-form.tsx';
import { Command } from '../../parts/command.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import type { Person } from '../../parts/for-people.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { useOwnPassword } from '../../parts/own-password.tsx';
import { QrCode } from '../../parts/qr-code.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOwnAccountTexts } from './texts.ts';

export function SecondFactor({ person }: { person: Person }) {
  const texts = useOwnAccountTexts();
  const [isSettingUp, setIsSettingUp] = useState(false);
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <Section title={texts.factor} hint={texts.factorHint}>
      <div className="flex flex-wrap items-center gap-4">
        <p className="font-medium">{person.hasSecondFactor ? texts.factorOn : texts.factorOff}</p>
        {person.hasSecondFactor ? (
          <ConfirmButton
            text={texts.turnOff}
            title={texts.turnOffTitle}
            lead={texts.turnOffLead}
            asksPassword
            concerns={[['self']]}
            onConfirm={(password) => call('DELETE /user/second-factor', { body: { password } })}
          />
        ) : (
          <button type="button" className="button" onClick={() => setIsSettingUp(true)}>
            {texts.setUp}
          </button>
        )}
      </div>
      <Dialog title={texts.factor} isOpen={isSettingUp} onClose={() => setIsSettingUp(false)}>
        <SetUp
          onDone={(made) => {
            setIsSettingUp(false);
            setCodes(made);
          }}
        />
      </Dialog>
      <Dialog title={texts.recovery} isOpen={codes !== undefined} onClose={() => setCodes(undefined)}>
        <div className="space-y-4">
          <p>{texts.recoveryLead}</p>
          <Command lines={codes ?? []} what={texts.recoveryCodes} />
          <p className="flex justify-end">
            <button type="button" className="button button-main" onClick={() => setCodes(undefined)}>
              {texts.kept}
            </button>
          </p>
        </div>
      </Dialog>
    </Section>
  );
}

/** Nothing changes before the server has seen a code of the new key: a phone that scanned it wrong locks nobody out. */
function SetUp({ onDone }: { onDone: (recoveryCodes: readonly string[]) => void }) {
  const texts = useOwnAccountTexts();
  const ownPassword = useOwnPassword();
  const proposal = useQuery({
    queryKey: ['second-factor-proposal'],
    queryFn: ({ signal }) => call('GET /user/second-factor', { signal }),
    // A key for each time that the dialog opens, and the same one for as long as it is open.
    staleTime: Infinity,
    gcTime: 0,
  });
  const enable = useAct(
    (fields: FormData) => {
      const [code, password] = [fieldText(fields, 'code').replaceAll(' ', ''), fieldSecret(fields, 'password')];
      return call('PUT /user/second-factor', { body: { secret: proposal.data?.secret ?? '', code, password } });
    },
    {
      words: { DENIED: ownPassword.refusal, REQUEST_INVALID: texts.wrongCode },
      concerns: [['self']],
      onDone: ({ recoveryCodes }) => onDone(recoveryCodes),
    },
  );
  if (proposal.isError) return <ErrorState error={proposal.error} retry={() => void proposal.refetch()} />;
  if (proposal.isPending) return <Skeleton />;
  const { uri, secret } = proposal.data;
  return (
    <>
      <p className="mb-3">{texts.scan}</p>
      <div className="mb-4 flex flex-wrap items-center gap-4">
        <QrCode text={uri} title={texts.qr} />
        <div className="min-w-0">
          <Command lines={secret.match(/.{1,16}/g) ?? []} what={texts.key} />
        </div>
      </div>
      <ActForm act={enable} submit={texts.turnOn}>
        <FormField label={texts.code} name="code" inputMode="numeric" autoComplete="one-time-code" required />
        {ownPassword.field}
      </ActForm>
    </>
  );
}
