/** The OpenAPI 3.1 document, made from the route table. */
import { z } from 'zod';
import { apiPrefix } from './match.ts';
import type { ApiRoute } from './route.ts';

export function openApiDocument(routes: readonly ApiRoute[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[apiPrefix + route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Naru',
      version: '1',
      description: 'Accounts, rights and repositories of a Naru server. The registry itself is the OCI Distribution API at /v2.',
    },
    paths,
    components: {
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', description: 'An access token (naru_…) or a registry token' },
        basic: { type: 'http', scheme: 'basic', description: 'A name with a password or an access token' },
        session: { type: 'apiKey', in: 'cookie', name: 'naru_session' },
      },
      schemas: { Errors: schemaOf(errors) },
    },
  };
}

const errors = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string(), detail: z.unknown().optional() })) });

const etag = { description: 'The version of what people write here: what If-Match takes', schema: { type: 'string' } };

const conditions = [
  {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The ETag that was read: change it only if nobody else has since',
    schema: { type: 'string' },
  },
  { name: 'If-None-Match', in: 'header', required: false, description: '`*`: only if there is none yet', schema: { type: 'string' } },
];

function operation({ operation, summary, path, access, query, body, response, redirects, edits, edited }: ApiRoute): unknown {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  return {
    operationId: operation,
    summary,
    'x-access': access,
    parameters: [...inPath, ...(query ? queryParameters(query) : []), ...(edits ? conditions : [])],
    ...(access === 'open' ? { security: [] } : { security: [{ accessToken: [] }, { basic: [] }, { session: [] }] }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: {
      ...(response
        ? {
            '200': {
              description: 'Done',
              ...((edits ?? edited) && { headers: { ETag: etag } }),
              content: { 'application/json': { schema: schemaOf(response) } },
            },
          }
        : redirects
          ? { '303': { description: 'Where the browser goes on' } }
          : { '204': { description: 'Done' } }),
      ...(edits && {
        '412': {
          description: 'Somebody has changed it since it was read: `detail` says who (`changedBy`) and when (`changedAt`), and nothing is done',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } },
        },
      }),
      default: { description: 'Why not', content: { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } } },
    },
  };
}

function queryParameters(query: z.ZodType): unknown[] {
  const { properties = {} } = schemaOf(query) as { properties?: Record<string, unknown> }; // a query is an object
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

function schemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
