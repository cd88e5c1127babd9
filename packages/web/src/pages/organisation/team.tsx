import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { Grants } from './grants.tsx';
import { useOrganisationTexts } from './texts.ts';

export function Team({ namespace, team }: { namespace: string; team: string }) {
  const texts = useOrganisationTexts();
  const forms = useFormTexts();
  const navigate = useNavigate();
  const listKey = ['team-members', namespace, team];
  const { data: members } = useQuery({
    queryKey: ['members', namespace, 'all'],
    queryFn: ({ signal }) => call('GET /organisations/{namespace}/members', { params: { namespace }, query: { limit: 1000 }, signal }),
  });
  const add = useAct(
    (fields: FormData) => call('PUT /organisations/{namespace}/teams/{team}/members/{user}', { params: { namespace, team, user: fieldText(fields, 'user') } }),
    { concerns: [listKey], words: { ACCOUNT_UNKNOWN: forms.unknownAccount } },
  );
  return (
    <>
      <p className="mb-3">
        <Link to="/o/$" params={{ _splat: `${namespace}/teams` }} className="link">
          {texts.allTeams}
        </Link>{' '}
        / <strong className="font-semibold">{team}</strong>
      </p>
      <Section title={texts.teamMembers}>
        <ItemList
          of={listKey}
          load={(page, signal) => call('GET /organisations/{namespace}/teams/{team}/members', { params: { namespace, team }, query: page, signal })}
          keyOf={({ name }) => name}
          row={({ name }) => <TeamMember namespace={namespace} team={team} name={name} />}
          empty={texts.noTeamMembers}
        />
        <div className="mt-4 max-w-lg">
          <ActForm act={add} submit={texts.addMember} isLine isQuiet>
            <div className="min-w-52 grow">
              <FormField label={texts.addToTeam} name="user" list="members" required autoComplete="off" autoCapitalize="none" spellCheck={false} />
              <datalist id="members">
                {members?.items.map(({ name, fullName }) => (
                  <option key={name} value={name}>
                    {fullName}
                  </option>
                ))}
              </datalist>
            </div>
          </ActForm>
        </div>
      </Section>
      <Section title={texts.teamAccess}>
        <Grants namespace={namespace} subject={{ kind: 'team', name: team }} />
      </Section>
      <ConfirmButton
        text={texts.deleteTeam}
        title={texts.deleteTeamTitle(team)}
        lead={texts.deleteTeamLead}
        name={team}
        concerns={[
          ['teams', namespace],
          ['grants', namespace],
        ]}
        onConfirm={() => call('DELETE /organisations/{namespace}/teams/{team}', { params: { namespace, team } })}
        onDone={() => void navigate({ to: '/o/$', params: { _splat: `${namespace}/teams` } })}
      />
    </>
  );
}

function TeamMember({ namespace, team, name }: { namespace: string; team: string; name: string }) {
  const texts = useOrganisationTexts();
  const forms = useFormTexts();
  const params = { namespace, team, user: name };
  const concerns = [['team-members', namespace, team]];
  const putBack = useAct(() => call('PUT /organisations/{namespace}/teams/{team}/members/{user}', { params }), { concerns, tellsProblems: true });
  const remove = useAct(() => call('DELETE /organisations/{namespace}/teams/{team}/members/{user}', { params }), {
    concerns,
    said: () => ({ text: texts.removedFromTeam(name), undo: () => putBack.run() }),
    tellsProblems: true,
  });
  return (
    <>
      <Link to="/u/$name" params={{ name }} className="link grow font-medium">
        {name}
      </Link>
      <button type="button" className="button" disabled={remove.isPending} onClick={() => remove.run()}>
        {forms.remove}
      </button>
    </>
  );
}
