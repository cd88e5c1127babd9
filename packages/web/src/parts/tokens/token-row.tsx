import type { QueryKey } from '@tanstack/react-query';
import type { Answer } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { useTexts } from '../../language/language.tsx';
import { ConfirmButton } from '../confirm-button.tsx';
import { useNow } from '../now.ts';
import { RelativeTime } from '../relative-time.tsx';
import { useTokenTexts } from './texts.ts';

type Props = { token: Answer<'GET /user/tokens'>['items'][number]; concerns: readonly QueryKey[]; revoke: () => Promise<unknown> };

export function TokenRow({ token: { name, actions, repositories, createdAt, expiresAt, usedAt, address }, concerns, revoke }: Props) {
  const texts = useTokenTexts();
  const forms = useFormTexts();
  const { list } = useTexts();
  const at = useNow();
  return (
    <>
      <span className="min-w-0">
        <span className="font-medium">{name}</span>
        <span className="block text-sm text-muted">
          {actions === undefined ? texts.everything : list(actions.map((action) => forms.actions[action]))} ·{' '}
          {repositories === undefined ? texts.allRepositories : <span className="font-mono">{repositories.join(', ')}</span>}
        </span>
        <span className="block text-sm text-muted">
          {texts.made} <RelativeTime at={createdAt} /> ·{' '}
          {usedAt === undefined ? (
            forms.unused
          ) : (
            <>
              {texts.used} <RelativeTime at={usedAt} /> {address !== '' && texts.from(address)}
            </>
          )}{' '}
          ·{' '}
          {expiresAt === undefined ? (
            texts.noEnd
          ) : expiresAt <= at ? (
            <strong className="font-semibold text-bad">{texts.over}</strong>
          ) : (
            <>
              {texts.ends} <RelativeTime at={expiresAt} />
            </>
          )}
        </span>
      </span>
      <span className="ml-auto">
        <ConfirmButton text={texts.revoke} title={texts.revokeTitle(name)} lead={texts.revokeLead} name={name} concerns={concerns} onConfirm={revoke} />
      </span>
    </>
  );
}
