/**
 * /api/v1 as types for the pages, made from the OpenAPI document: `npm run docs` writes them, and
 * `test/features/reference.test.ts` compares. openapi-typescript would do it, but it prints with the
 * library of TypeScript 5, which the compiler we use no longer has.
 *
 *     'GET /repositories/{repository}/-/tags': { params: …; query: …; body: …; response: … }
 */
import { openApiDocument } from '@naru/server/hub-api/openapi';
import { routes } from '@naru/server/hub-api/routes';

type Schema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
};
type Content = { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
type Operation = {
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query' | 'header'; readonly schema: Schema }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content | undefined>>;
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

export function apiTypes(): string {
  const { paths } = openApiDocument(routes) as Document; // made by us, just above
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => `  /** ${operation.summary} */\n  '${method.toUpperCase()} ${path.replace('/api/v1', '')}': ${typeOfOperation(operation)};\n`,
    ),
  );
  return `/* Made by npm run docs: do not edit. */\n\nexport type Api = {\n${rows.join('')}};\n`;
}

function typeOfOperation({ parameters, requestBody, responses }: Operation): string {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const params = `{ ${inPath.map(({ name }) => `${name}: string`).join('; ')} }`;
  const query = `{ ${inQuery.map(({ name, schema }) => `${name}?: ${typeOf(schema)} | undefined`).join('; ')} }`;
  const body = requestBody ? typeOf(requestBody.content['application/json'].schema) : 'undefined';
  const done = responses['200'];
  return `{ params: ${params}; query: ${query}; body: ${body}; response: ${done ? typeOf(done.content['application/json'].schema) : 'undefined'} }`;
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeOf).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((type: string) => typeOf({ ...schema, type })).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return `readonly (${typeOf(schema.items ?? {})})[]`;
    case 'object':
      return typeOfObject(schema);
    default:
      return 'unknown';
  }
}

function typeOfObject({ properties, required = [], additionalProperties }: Schema): string {
  if (!properties) return `Readonly<Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>>`;
  const fields = Object.entries(properties).map(([name, schema]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`);
  return `{ ${fields.join('; ')} }`;
}
