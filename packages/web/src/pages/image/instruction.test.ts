import { expect, test } from 'bun:test';
import { readInstruction } from './instruction.ts';

test.each([
  ['/bin/sh -c #(nop)  CMD ["nginx" "-g" "daemon off;"]', 'CMD', '["nginx" "-g" "daemon off;"]'],
  ['/bin/sh -c #(nop) COPY file:9f2c in / ', 'COPY', 'file:9f2c in /'],
  ['/bin/sh -c apt-get update && apt-get install -y curl', 'RUN', 'apt-get update && apt-get install -y curl'],
  ['|1 VERSION=3 /bin/sh -c make', 'RUN', 'make'],
  ['RUN /bin/sh -c make # buildkit', 'RUN', 'make'],
  ['RUN |2 A=1 B= /bin/sh -c make # buildkit', 'RUN', 'make'],
  ['COPY . /app # buildkit', 'COPY', '. /app'],
  ['ENV PATH=/bin', 'ENV', 'PATH=/bin'],
  ['bazel build', '', 'bazel build'],
  ['ENVIRONMENT', '', 'ENVIRONMENT'],
  ['', '', ''],
])('%s', (createdBy, verb, rest) => {
  expect(readInstruction(createdBy)).toEqual({ verb, rest });
});
