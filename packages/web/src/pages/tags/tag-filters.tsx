import { useTexts } from '../../language/language.tsx';
import type { Arrangement } from './arrange-tags.ts';

type Props = { arrangement: Arrangement; platforms: readonly string[]; onChange: (arrangement: Arrangement) => void };

export function TagFilters({ arrangement, platforms, onChange }: Props) {
  const { tags } = useTexts();
  return (
    <>
      <input
        type="search"
        aria-label={tags.filterLabel}
        placeholder={tags.filter}
        className="field !w-64 max-sm:!w-full"
        value={arrangement.filter}
        onChange={({ target }) => onChange({ ...arrangement, filter: target.value })}
      />
      <select
        aria-label={tags.order}
        className="field !w-auto"
        value={arrangement.order}
        onChange={({ target }) => onChange({ ...arrangement, order: target.value === 'time' ? 'time' : 'version' })}
      >
        <option value="version">{tags.byVersion}</option>
        <option value="time">{tags.byTime}</option>
      </select>
      {(platforms.length > 1 || arrangement.platform !== '') && (
        <select
          aria-label={tags.platform}
          className="field !w-auto max-w-48"
          value={arrangement.platform}
          onChange={({ target }) => onChange({ ...arrangement, platform: target.value })}
        >
          <option value="">{tags.anyPlatform}</option>
          {platforms.map((platform) => (
            <option key={platform}>{platform}</option>
          ))}
        </select>
      )}
    </>
  );
}
