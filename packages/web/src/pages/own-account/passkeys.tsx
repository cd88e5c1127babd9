import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { canUsePasskeys, makePasskey } from '../../api/passkey.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { ActForm, fieldSecret, fieldText } from '../../parts/act-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { useOwnPassword } from '../../parts/own-password.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOwnAccountTexts } from './texts.ts';

type Passkey = Answer<'GET /user/passkeys'>['items'][number];

const listKey = ['passkeys'];

export function Passkeys() {
  const texts = useOwnAccountTexts();
  const [isAdding, setIsAdding] = useState(false);
  return (
    <Section title={texts.passkeys} hint={texts.passkeysHint}>
      <ItemList
        of={listKey}
        load={(_, signal) => call('GET /user/passkeys', { signal })}
        keyOf={({ id }) => id}
        row={(passkey) => <PasskeyRow {...passkey} />}
        empty={texts.noPasskeys}
      />
      {canUsePasskeys() ? (
        <button type="button" className="button mt-4" onClick={() => setIsAdding(true)}>
          {texts.addPasskey}
        </button>
      ) : (
        <p className="mt-3 text-muted">{texts.passkeysElsewhere}</p>
      )}
      <Dialog title={texts.addPasskey} isOpen={isAdding} onClose={() => setIsAdding(false)}>
        <AddPasskey onDone={() => setIsAdding(false)} />
      </Dialog>
    </Section>
  );
}

function AddPasskey({ onDone }: { onDone: () => void }) {
  const texts = useOwnAccountTexts();
  const ownPassword = useOwnPassword();
  const add = useAct(
    async (fields: FormData) => {
      const options = await call('POST /user/passkeys/challenge', { body: { password: fieldSecret(fields, 'password') } });
      return call('POST /user/passkeys', { body: { name: fieldText(fields, 'name'), passkey: await makePasskey(options) } });
    },
    {
      words: { DENIED: ownPassword.refusal, PASSKEY_STOPPED: texts.passkeyStopped, PASSKEY_TAKEN: texts.passkeyTaken },
      concerns: [listKey],
      said: (_, { name }) => ({ text: texts.passkeyAdded(name) }),
      onDone,
    },
  );
  return (
    <ActForm act={add} submit={texts.addPasskey}>
      <FormField label={texts.passkeyName} hint={texts.passkeyNameHint} name="name" required maxLength={200} autoComplete="off" autoFocus />
      {ownPassword.field}
    </ActForm>
  );
}

function PasskeyRow({ id, name, createdAt, usedAt }: Passkey) {
  const texts = useOwnAccountTexts();
  const forms = useFormTexts();
  const [isRenaming, setIsRenaming] = useState(false);
  const rename = useAct((fields: FormData) => call('PATCH /user/passkeys/{passkey}', { params: { passkey: id }, body: { name: fieldText(fields, 'name') } }), {
    concerns: [listKey],
    said: (fields) => ({ text: texts.renamed(fieldText(fields, 'name')) }),
    onDone: () => setIsRenaming(false),
  });
  return (
    <>
      <span className="font-medium">{name}</span>
      <span className="text-sm text-muted">
        {texts.added} <RelativeTime at={createdAt} /> ·{' '}
        {usedAt === undefined ? (
          forms.unused
        ) : (
          <>
            {texts.used} <RelativeTime at={usedAt} />
          </>
        )}
      </span>
      <span className="ml-auto flex gap-2">
        <button type="button" className="button" onClick={() => setIsRenaming(true)}>
          {texts.rename}
        </button>
        <ConfirmButton
          text={forms.remove}
          title={texts.removePasskeyTitle(name)}
          lead={texts.removePasskeyLead}
          asksPassword
          concerns={[listKey]}
          onConfirm={(password) => call('DELETE /user/passkeys/{passkey}', { params: { passkey: id }, body: { password } })}
        />
      </span>
      <Dialog title={texts.rename} isOpen={isRenaming} onClose={() => setIsRenaming(false)}>
        <ActForm act={rename} submit={texts.rename}>
          <FormField label={texts.newName} name="name" defaultValue={name} required maxLength={200} autoComplete="off" autoFocus />
        </ActForm>
      </Dialog>
    </>
  );
}
