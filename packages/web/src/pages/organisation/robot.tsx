import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { Section } from '../../parts/section.tsx';
import { SecretDialog, type ShownSecret } from '../../parts/secret-dialog.tsx';
import { TokenForm } from '../../parts/tokens/token-form.tsx';
import { TokenRow } from '../../parts/tokens/token-row.tsx';
import { type Act, useAct } from '../../parts/use-act.ts';
import { Grants } from './grants.tsx';
import { useOrganisationTexts } from './texts.ts';

export function Robot({ namespace, robot }: { namespace: string; robot: string }) {
  const texts = useOrganisationTexts();
  const navigate = useNavigate();
  const [secret, setSecret] = useState<ShownSecret>();
  const params = { namespace, robot };
  const login = `${namespace}+${robot}`;
  const tokensKey = ['robot-tokens', namespace, robot];
  const { data: robots } = useQuery({
    queryKey: ['robots', namespace, 'all'],
    queryFn: ({ signal }) => call('GET /namespaces/{namespace}/robots', { params: { namespace }, query: { limit: 1000 }, signal }),
  });
  const facts = robots?.items.find(({ name }) => name === robot);
  const change: Act<boolean> = useAct((disabled: boolean) => call('PATCH /namespaces/{namespace}/robots/{robot}', { params, body: { disabled } }), {
    concerns: [['robots', namespace]],
    said: (disabled) => ({ text: disabled ? texts.robotDisabled(login) : texts.robotEnabled(login), undo: () => change.run(!disabled) }),
    tellsProblems: true,
  });
  return (
    <>
      <p className="mb-3">
        <Link to="/o/$" params={{ _splat: `${namespace}/robots` }} className="link">
          {texts.allRobots}
        </Link>{' '}
        / <strong className="font-semibold">{login}</strong> {facts?.disabledAt !== undefined && <span className="chip">{texts.disabled}</span>}
      </p>
      <Section title={texts.tokens}>
        <ItemList
          of={tokensKey}
          load={(page, signal) => call('GET /namespaces/{namespace}/robots/{robot}/tokens', { params, query: page, signal })}
          keyOf={({ id }) => id}
          row={(token) => (
            <TokenRow
              token={token}
              concerns={[tokensKey]}
              revoke={() => call('DELETE /namespaces/{namespace}/robots/{robot}/tokens/{token}', { params: { ...params, token: token.id } })}
            />
          )}
          empty={texts.noTokens}
        />
      </Section>
      <div className="max-w-2xl">
        <TokenForm
          login={login}
          concerns={[tokensKey]}
          create={(body) => call('POST /namespaces/{namespace}/robots/{robot}/tokens', { params, body })}
          onMade={setSecret}
        />
      </div>
      <Section title={texts.tabs.access}>
        <Grants namespace={namespace} subject={{ kind: 'robot', name: robot }} />
      </Section>
      <div className="flex flex-wrap gap-2">
        {facts && (
          <button type="button" className="button" disabled={change.isPending} onClick={() => change.run(facts.disabledAt === undefined)}>
            {facts.disabledAt === undefined ? texts.disable : texts.enable}
          </button>
        )}
        <ConfirmButton
          text={texts.deleteRobot}
          title={texts.deleteRobotTitle(login)}
          lead={texts.deleteRobotLead}
          name={robot}
          concerns={[
            ['robots', namespace],
            ['grants', namespace],
          ]}
          onConfirm={() => call('DELETE /namespaces/{namespace}/robots/{robot}', { params })}
          onDone={() => void navigate({ to: '/o/$', params: { _splat: `${namespace}/robots` } })}
        />
      </div>
      <SecretDialog shown={secret} onClose={() => setSecret(undefined)} />
    </>
  );
}
