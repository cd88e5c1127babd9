import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../../api/client.ts';
import { serverQuery } from '../../api/queries.ts';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useNoticeTexts } from './texts.ts';

type Setting = Answer<'GET /user/notification-settings'>['items'][number];

const settingsKey = ['notification-settings'];

/** A choice is kept at once: there is nothing to send. */
export function NoticeSettings() {
  const texts = useNoticeTexts();
  const { data: server } = useQuery(serverQuery);
  const settings = useQuery({ queryKey: settingsKey, queryFn: ({ signal }) => call('GET /user/notification-settings', { signal }) });
  const set = useAct(({ kind, ...body }: Setting) => call('PUT /user/notification-settings/{kind}', { params: { kind }, body }), {
    concerns: [settingsKey],
    tellsProblems: true,
  });
  return (
    <Section title={texts.settings} hint={server?.mail === false ? texts.noMail : texts.settingsHint}>
      {settings.isPending && <Skeleton rows={3} />}
      {settings.isError && <ErrorState error={settings.error} retry={() => void settings.refetch()} />}
      {settings.data && (
        <table className="w-full max-w-2xl text-left">
          <thead>
            <tr className="border-b border-line text-sm text-muted">
              <th scope="col" className="py-1 font-normal">
                {texts.about}
              </th>
              <th scope="col" className="w-24 px-2 py-1 text-center font-normal">
                {texts.page}
              </th>
              {server?.mail === true && (
                <th scope="col" className="w-24 px-2 py-1 text-center font-normal">
                  {texts.mail}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {settings.data.items.map((setting) => (
              <tr key={setting.kind} className="border-b border-line">
                <th scope="row" className="py-2 pr-2 font-normal">
                  {texts.kinds[setting.kind]}
                </th>
                <Choice of={setting} where="page" onChoose={set.run} />
                {server?.mail === true && <Choice of={setting} where="mail" onChoose={set.run} />}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function Choice({ of, where, onChoose }: { of: Setting; where: 'page' | 'mail'; onChoose: (setting: Setting) => void }) {
  const texts = useNoticeTexts();
  return (
    <td className="px-2 py-2 text-center">
      <input
        type="checkbox"
        className="size-6 accent-accent"
        aria-label={`${texts.kinds[of.kind]}: ${texts[where]}`}
        checked={of[where]}
        onChange={({ currentTarget }) => onChoose({ ...of, [where]: currentTarget.checked })}
      />
    </td>
  );
}
