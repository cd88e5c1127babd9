import { type Answer, call } from '../../api/client.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOrganisationTexts } from './texts.ts';

type TrustedIssuer = Answer<'GET /namespaces/{namespace}/trusted-issuers'>['items'][number];

export function TrustedIssuers({ namespace }: { namespace: string }) {
  const texts = useOrganisationTexts();
  const concerns = [['trusted-issuers', namespace]];
  const trust = useAct(
    (fields: FormData) =>
      call('POST /namespaces/{namespace}/trusted-issuers', {
        params: { namespace },
        body: {
          name: fieldText(fields, 'name'),
          issuer: fieldText(fields, 'issuer'),
          audience: fieldText(fields, 'audience'),
          claims: Object.fromEntries(claimLines(fieldText(fields, 'claims'))),
        },
      }),
    { concerns, said: (_, { name }) => ({ text: texts.trusted(name) }) },
  );
  return (
    <>
      <Section title={texts.tabs.ci} hint={texts.ciHint}>
        <ItemList
          of={['trusted-issuers', namespace]}
          load={(page, signal) => call('GET /namespaces/{namespace}/trusted-issuers', { params: { namespace }, query: page, signal })}
          keyOf={({ name }) => name}
          row={(issuer) => <IssuerRow namespace={namespace} {...issuer} />}
          empty={texts.noIssuers}
        />
      </Section>
      <div className="max-w-2xl">
        <Section title={texts.newIssuer}>
          <ActForm act={trust} submit={texts.trust}>
            <FormField label={texts.name} name="name" required maxLength={64} autoComplete="off" autoCapitalize="none" spellCheck={false} />
            <FormField label={texts.issuer} hint={texts.issuerHint} name="issuer" type="url" required maxLength={512} autoComplete="off" />
            <FormField label={texts.audience} name="audience" required maxLength={512} defaultValue={location.host} autoComplete="off" />
            <label className="block">
              <span className="mb-1 block font-medium">{texts.claims}</span>
              <textarea name="claims" className="field min-h-20 py-1.5 font-mono text-sm" required spellCheck={false} aria-describedby="claims-note" />
              <span id="claims-note" className="mt-1 block text-sm text-muted">
                {texts.claimsHint}
              </span>
            </label>
          </ActForm>
        </Section>
      </div>
    </>
  );
}

function IssuerRow({ namespace, name, issuer, audience, claims }: TrustedIssuer & { namespace: string }) {
  const texts = useOrganisationTexts();
  return (
    <>
      <span className="min-w-0 grow">
        <span className="font-medium">{name}</span>
        <span className="block font-mono text-sm text-muted">
          {issuer} · {audience}
        </span>
        <span className="flex flex-wrap gap-1">
          {Object.entries(claims).map(([claim, value]) => (
            <span key={claim} className="chip font-mono">
              {claim}={value}
            </span>
          ))}
        </span>
      </span>
      <ConfirmButton
        text={texts.untrust}
        title={texts.untrustTitle(name)}
        lead={texts.untrustLead}
        name={name}
        concerns={[
          ['trusted-issuers', namespace],
          ['grants', namespace],
        ]}
        onConfirm={() => call('DELETE /namespaces/{namespace}/trusted-issuers/{issuer}', { params: { namespace, issuer: name } })}
      />
    </>
  );
}

/** `repository=acme/app`, one a line. */
function claimLines(text: string): [claim: string, value: string][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [claim = '', ...value] = line.split('=');
      return [claim.trim(), value.join('=').trim()];
    });
}
