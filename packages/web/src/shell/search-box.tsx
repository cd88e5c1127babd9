/** Search from anywhere: suggestions while one types (the combobox pattern of ARIA), all results with Enter. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useId, useRef, useState } from 'react';
import { call } from '../api/client.ts';
import { useTexts } from '../language/language.tsx';
import { Badges } from '../parts/badges.tsx';
import { SearchIcon } from '../parts/icons.tsx';
import { repositoryPath } from '../repository-address.ts';
import { useKeys } from './keys.ts';

export function SearchBox() {
  const { search } = useTexts();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const { pathname, search: asking } = useRouterState({ select: ({ location }) => location });
  const [text, setText] = useState('');
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const asked = useDeferredValue(text.trim());
  const suggestions = useQuery({
    queryKey: ['suggestions', asked],
    queryFn: ({ signal }) => call('GET /search/suggestions', { query: { q: asked }, signal }),
    enabled: asked !== '' && isOpen,
    placeholderData: keepPreviousData,
  });
  const found = asked === '' ? [] : (suggestions.data?.items ?? []);
  const isShown = isOpen && found.length > 0;

  // What was searched for stays in the box on its page, and nowhere else.
  const searched = pathname === '/search' && 'q' in asking && typeof asking.q === 'string' ? asking.q : '';
  useEffect(() => {
    setText(searched);
    setIsOpen(false);
  }, [searched, pathname]);

  useKeys({
    '/'(event) {
      event.preventDefault();
      // A page with a filter of its own means that.
      (document.querySelector<HTMLInputElement>('main input[type=search]') ?? input.current)?.focus();
    },
  });

  function press(event: React.KeyboardEvent): void {
    if (event.key === 'Escape') setIsOpen(false);
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    setIsOpen(true);
    // One more than there are suggestions: the text itself.
    const places = found.length + 1;
    setChosen((now) => ((now + 1 + (event.key === 'ArrowDown' ? 1 : -1) + places) % places) - 1);
  }

  function go(name: string | undefined): void {
    setIsOpen(false);
    setChosen(-1);
    input.current?.blur();
    if (name === undefined) void navigate({ to: '/search', search: { q: text.trim() } });
    else void navigate({ to: '/r/$', params: { _splat: repositoryPath(name) } });
  }

  return (
    <form
      role="search"
      className="relative w-full min-w-0 max-sm:order-last max-sm:basis-full sm:max-w-md"
      onSubmit={(event) => {
        event.preventDefault();
        go(isShown ? found[chosen]?.name : undefined);
      }}
    >
      <span className="pointer-events-none absolute top-2.5 left-2.5 text-muted">
        <SearchIcon />
      </span>
      <input
        ref={input}
        role="combobox"
        aria-label={search.label}
        aria-expanded={isShown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isShown && chosen >= 0 ? `${listId}-${chosen}` : undefined}
        placeholder={search.placeholder}
        className="field !pl-8"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          setIsOpen(true);
          setChosen(-1);
        }}
        onFocus={() => setIsOpen(true)}
        onBlur={() => setIsOpen(false)}
        onKeyDown={press}
      />
      <ul
        id={listId}
        role="listbox"
        aria-label={search.suggestions}
        hidden={!isShown}
        className="absolute inset-x-0 top-full z-20 mt-1 rounded-md border border-strong-line bg-raised py-1 shadow-lg"
      >
        {found.map(({ name, description, official, verified }, index) => (
          <li
            key={name}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            className={`cursor-pointer px-3 py-1.5 ${index === chosen ? 'bg-accent-soft' : 'hover:bg-sunken'}`}
            // Before the box loses the focus, which closes the list.
            onMouseDown={(event) => {
              event.preventDefault();
              go(name);
            }}
          >
            <span className="flex items-center gap-2">
              <span className="truncate font-medium">{name}</span>
              <Badges official={official} verified={verified} />
            </span>
            {description !== '' && <bdi className="block truncate text-sm text-muted">{description}</bdi>}
          </li>
        ))}
      </ul>
    </form>
  );
}
