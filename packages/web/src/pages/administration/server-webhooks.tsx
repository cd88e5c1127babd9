import { Link, useNavigate } from '@tanstack/react-router';
import { Webhooks } from '../webhooks/webhooks.tsx';

/** Of the whole server, as the API calls it. */
const place = { namespace: 'server' };

export function ServerWebhooks({ one }: { one: string | undefined }) {
  const navigate = useNavigate();
  const pathOf = (id: string | undefined) => `webhooks${id === undefined ? '' : `/${id}`}`;
  return (
    <div className="max-w-3xl">
      <Webhooks
        place={place}
        one={one}
        link={(id, text) => (
          <Link to="/admin/$" params={{ _splat: pathOf(id) }} className="link">
            {text}
          </Link>
        )}
        leave={() => void navigate({ to: '/admin/$', params: { _splat: pathOf(undefined) } })}
      />
    </div>
  );
}
