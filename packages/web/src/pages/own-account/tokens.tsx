import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Person } from '../../parts/for-people.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { Section } from '../../parts/section.tsx';
import { SecretDialog, type ShownSecret } from '../../parts/secret-dialog.tsx';
import { TokenForm } from '../../parts/tokens/token-form.tsx';
import { TokenRow } from '../../parts/tokens/token-row.tsx';
import { useOwnAccountTexts } from './texts.ts';

const listKey = ['tokens'];

export function Tokens({ person }: { person: Person }) {
  const texts = useOwnAccountTexts();
  const [secret, setSecret] = useState<ShownSecret>();
  return (
    <>
      <Section title={texts.tabs.tokens} hint={texts.tokensHint}>
        <ItemList
          of={listKey}
          load={(page, signal) => call('GET /user/tokens', { query: page, signal })}
          keyOf={({ id }) => id}
          row={(token) => <TokenRow token={token} concerns={[listKey]} revoke={() => call('DELETE /user/tokens/{token}', { params: { token: token.id } })} />}
          empty={texts.noTokens}
        />
      </Section>
      <div className="max-w-2xl">
        <TokenForm concerns={[listKey]} create={(body) => call('POST /user/tokens', { body })} login={person.name} onMade={setSecret} />
      </div>
      <SecretDialog shown={secret} onClose={() => setSecret(undefined)} />
    </>
  );
}
