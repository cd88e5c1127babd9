/** Every setting that holds, where it was written, and how it is changed. Read-only: the server reads them when it starts. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { type Answer, call } from '../../api/client.ts';
import { useLanguage } from '../../language/language.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { Section } from '../../parts/section.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useSettingTexts } from './setting-texts.ts';
import { useAddressed, useAddressedText } from '../../parts/use-addressed.ts';

type Setting = Answer<'GET /settings'>['items'][number];

export function ServerSettings() {
  const texts = useSettingTexts();
  const { language } = useLanguage();
  const [wanted, setWanted] = useAddressedText('find');
  const [written, setWritten] = useAddressed('written', ['all', 'only']);
  const isWritten = written === 'only';
  const word = useDeferredValue(wanted.trim().toLowerCase());
  const settings = useQuery({ queryKey: ['settings'], queryFn: ({ signal }) => call('GET /settings', { signal }) });
  const found = (settings.data?.items ?? []).filter(
    ({ key, env, flag, source, description }) =>
      (!isWritten || source !== 'default') && [key, env, flag, description[language]].some((text) => text.toLowerCase().includes(word)),
  );
  return (
    <Section title={texts.settings} hint={texts.settingsHint}>
      <p className="mb-4 max-w-2xl text-muted">{texts.atRunTime}</p>
      <div className="mb-4 flex flex-wrap items-end gap-x-6 gap-y-2">
        <FormField label={texts.find} name="find" type="search" value={wanted} onChange={({ currentTarget }) => setWanted(currentTarget.value)} />
        <label className="flex min-h-9 items-center gap-2">
          <input
            type="checkbox"
            className="accent-accent"
            checked={isWritten}
            onChange={({ currentTarget }) => setWritten(currentTarget.checked ? 'only' : 'all')}
          />
          {texts.written}
        </label>
      </div>
      {settings.isPending && <Skeleton />}
      {settings.isError && <ErrorState error={settings.error} retry={() => void settings.refetch()} />}
      {settings.data && found.length === 0 && <p className="border-y border-line py-6 text-center text-muted">{texts.none}</p>}
      {[...Map.groupBy(found, ({ key }) => (key.includes('.') ? key.slice(0, key.indexOf('.')) : ''))].map(([group, items]) => (
        <ul key={group} className="mb-6 border-t border-line" aria-label={group === '' ? texts.settings : group}>
          {items.map((setting) => (
            <SettingRow key={setting.key} setting={setting} />
          ))}
        </ul>
      ))}
    </Section>
  );
}

function SettingRow({ setting: { key, env, flag, type, default: preset, value, source, place, description } }: { setting: Setting }) {
  const texts = useSettingTexts();
  const { language } = useLanguage();
  return (
    <li className="border-b border-line py-2">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <span className="w-64 max-w-full font-mono text-[0.87em] font-semibold break-words">{key}</span>
        <span className={`min-w-0 grow break-words ${value === undefined ? 'text-muted' : 'font-mono text-[0.87em]'}`}>{value ?? texts.secret}</span>
        {source !== 'default' && value !== preset && <span className="text-sm text-muted">{texts.byDefault(preset)}</span>}
        <span className="chip" title={place}>
          {texts.sources[source]}
        </span>
      </div>
      <p className="mt-1 max-w-3xl text-sm text-muted">
        <WithWords text={description[language]} />
      </p>
      <details className="text-sm text-muted">
        <summary className="mt-1 w-fit py-1" aria-label={`${texts.how}: ${key}`}>
          {texts.how}
        </summary>
        <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4">
          <Way name={texts.inFile} text={key} />
          <Way name={texts.inEnvironment} text={env} />
          <Way name={texts.asFlag} text={flag} />
          <Way name={texts.type} text={type} />
          {place !== undefined && <Way name={texts.sources[source]} text={place} />}
        </dl>
      </details>
    </li>
  );
}

/** What stands between backquotes is written as it is typed. */
function WithWords({ text }: { text: string }) {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>));
}

function Way({ name, text }: { name: string; text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="min-w-0 font-mono break-words text-text">{text}</dd>
    </>
  );
}
