import { Link, useNavigate } from '@tanstack/react-router';
import { useTexts } from '../../language/language.tsx';
import { usePackageTexts } from '../package-search/texts.ts';
import { artifactTypes, platforms, updatedDays, type Wanted } from './wanted.ts';

export function SearchFilters({ wanted }: { wanted: Wanted }) {
  const { search: texts, tags } = useTexts();
  const packages = usePackageTexts();
  const navigate = useNavigate();
  /** In the place of the address as it is: going back leads to where one came from, not through every filter. */
  const change = (changed: { [Key in keyof Wanted]: Wanted[Key] | undefined }) => {
    const next = Object.fromEntries(Object.entries({ ...wanted, ...changed }).filter(([, value]) => value !== undefined && value !== '' && value !== false));
    void navigate({ to: '/search', search: next as Wanted, replace: true }); // what is undefined was taken out
  };
  return (
    <div role="group" aria-label={texts.filters} className="flex h-fit flex-wrap gap-x-6 gap-y-3 lg:flex-col">
      <div className="flex gap-x-6 lg:flex-col">
        {(['official', 'verified'] as const).map((badge) => (
          <label key={badge} className="flex items-center gap-2 py-1" title={texts[`${badge}Title`]}>
            <input
              type="checkbox"
              className="size-4 accent-accent"
              checked={wanted[badge] ?? false}
              onChange={({ currentTarget }) => change({ [badge]: currentTarget.checked })}
            />
            {texts[badge]}
          </label>
        ))}
      </div>
      <label>
        <span className="mb-1 block text-sm text-muted">{tags.platform}</span>
        <select className="field" value={wanted.platform ?? ''} onChange={({ currentTarget }) => change({ platform: currentTarget.value })}>
          <option value="">{tags.anyPlatform}</option>
          {platforms.map((platform) => (
            <option key={platform}>{platform}</option>
          ))}
        </select>
      </label>
      <label>
        <span className="mb-1 block text-sm text-muted">{texts.updated}</span>
        <select
          className="field"
          value={wanted.updated ?? ''}
          onChange={({ currentTarget }) => change({ updated: currentTarget.value === '' ? undefined : Number(currentTarget.value) })}
        >
          <option value="">{texts.anyTime}</option>
          {updatedDays.map((days) => (
            <option key={days} value={days}>
              {texts.withinDays(days)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span className="mb-1 block text-sm text-muted">{texts.organisation}</span>
        <input
          className="field"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={wanted.organisation ?? ''}
          onBlur={({ currentTarget }) => change({ organisation: currentTarget.value.trim().toLowerCase() })}
          onKeyDown={({ key, currentTarget }) => key === 'Enter' && change({ organisation: currentTarget.value.trim().toLowerCase() })}
        />
      </label>
      <label>
        <span className="mb-1 block text-sm text-muted">{texts.artifactType}</span>
        <input
          className="field"
          list="artifact-types"
          placeholder="application/…"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={wanted.artifactType ?? ''}
          onBlur={({ currentTarget }) => change({ artifactType: currentTarget.value.trim() })}
          onKeyDown={({ key, currentTarget }) => key === 'Enter' && change({ artifactType: currentTarget.value.trim() })}
        />
        <datalist id="artifact-types">
          {artifactTypes.map((type) => (
            <option key={type} value={type} />
          ))}
        </datalist>
      </label>
      <Link to="/search/packages" className="link inline-block min-h-6">
        {packages.title}
      </Link>
    </div>
  );
}
