import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { serverQuery } from '../../api/queries.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { Command } from '../../parts/command.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOrganisationTexts } from './texts.ts';

type Invitation = Answer<'GET /organisations/{namespace}/invitations'>['items'][number];
type NewInvitation = Answer<'POST /organisations/{namespace}/invitations'>;

export function Invitations({ namespace }: { namespace: string }) {
  const texts = useOrganisationTexts();
  const forms = useFormTexts();
  const listKey = ['invitations', namespace];
  const { data: server } = useQuery(serverQuery);
  const { data: teams } = useQuery({
    queryKey: ['teams', namespace, 'all'],
    queryFn: ({ signal }) => call('GET /organisations/{namespace}/teams', { params: { namespace }, query: { limit: 1000 }, signal }),
  });
  const [byHand, setByHand] = useState<NewInvitation>();
  const invite = useAct(
    (fields: FormData) => {
      const team = fieldText(fields, 'team');
      const role = fieldText(fields, 'role') === 'owner' ? 'owner' : 'member';
      return call('POST /organisations/{namespace}/invitations', {
        params: { namespace },
        body: { email: fieldText(fields, 'email'), role, ...(team !== '' && { team }) },
      });
    },
    {
      concerns: [listKey],
      said: (_, { email }) => ({ text: texts.invited(email) }),
      onDone(made) {
        if (server?.mail === false) setByHand(made);
      },
    },
  );
  return (
    <>
      <Section title={texts.invite} hint={server?.mail === false ? texts.inviteNoMail : texts.inviteHint}>
        <ActForm act={invite} submit={texts.sendInvitation} isLine>
          <div className="min-w-60 grow">
            <FormField label={texts.email} name="email" type="email" required autoComplete="off" />
          </div>
          <SelectField
            label={texts.role}
            name="role"
            options={[
              ['member', texts.roles.member],
              ['owner', texts.roles.owner],
            ]}
          />
          {teams && teams.items.length > 0 && (
            <SelectField label={texts.team} name="team" options={[['', texts.noTeam], ...teams.items.map(({ name }) => [name, name] as const)]} />
          )}
        </ActForm>
      </Section>
      <Section title={texts.invitations}>
        <ItemList
          of={listKey}
          load={(page, signal) => call('GET /organisations/{namespace}/invitations', { params: { namespace }, query: page, signal })}
          keyOf={({ id }) => id}
          row={(invitation) => <InvitationRow namespace={namespace} {...invitation} />}
          empty={texts.noInvitations}
        />
      </Section>
      <Dialog title={texts.link} isOpen={byHand !== undefined} onClose={() => setByHand(undefined)}>
        {byHand && (
          <div className="space-y-4">
            <p>{texts.linkLead(byHand.email)}</p>
            <Command lines={[`${location.origin}/account-link#invitation=${byHand.secret}`]} what={texts.invitationLink} />
            <p className="flex justify-end">
              <button type="button" className="button button-main" onClick={() => setByHand(undefined)}>
                {forms.close}
              </button>
            </p>
          </div>
        )}
      </Dialog>
    </>
  );
}

function InvitationRow({ namespace, id, email, role, invitedBy, expiresAt }: Invitation & { namespace: string }) {
  const texts = useOrganisationTexts();
  const withdraw = useAct(() => call('DELETE /organisations/{namespace}/invitations/{invitation}', { params: { namespace, invitation: id } }), {
    concerns: [['invitations', namespace]],
    said: () => ({ text: texts.withdrawn(email) }),
    tellsProblems: true,
  });
  return (
    <>
      <span className="min-w-0 grow">
        <span className="font-medium">{email}</span>
        <span className="block text-sm text-muted">
          {texts.invitedBy(invitedBy)} · {texts.ends} <RelativeTime at={expiresAt} />
        </span>
      </span>
      <span className="chip">{texts.roles[role]}</span>
      <button type="button" className="button" disabled={withdraw.isPending} onClick={() => withdraw.run()}>
        {texts.withdraw}
      </button>
    </>
  );
}
