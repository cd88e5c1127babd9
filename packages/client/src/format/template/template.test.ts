import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { compileTemplate } from './template.ts';
import { TemplateError } from './template-error.ts';
import { templateRecord } from './value.ts';

const image = templateRecord('*formatter.imageContext', {
  ID: '548a63e0bd8b',
  Repository: 'localhost:5000/team/app',
  Tag: '2',
  Size: '1.98MB',
  Digest: '<none>',
});
const inspected = {
  Id: 'sha256:1',
  Size: 1982396,
  Os: 'linux',
  Config: { Env: ['PATH=/bin', 'A=b c'], Labels: { maintainer: 'me & <you>', k: 'v' }, ExposedPorts: { '80/tcp': {} }, Volumes: null },
  RepoTags: ['app:1', 'b/app:latest'],
};
const run = (source: string, data: unknown = image): string => compileTemplate(source).execute(data);

describe('templates', () => {
  test.each([
    ['{{.ID}}', '548a63e0bd8b'],
    ['{{ .ID }}:{{.Tag}}', '548a63e0bd8b:2'],
    ['plain', 'plain'],
    ['', ''],
    ['a {{- .Tag -}} b', 'a2b'],
    ['{{/* a comment */}}x', 'x'],
    ['a {{- /* a comment */ -}} b', 'ab'],
    ['{{json .Digest}}', '"<none>"'],
    ['{{json .}}', '{"Digest":"\\u003cnone\\u003e","ID":"548a63e0bd8b","Repository":"localhost:5000/team/app","Size":"1.98MB","Tag":"2"}'],
    ['{{upper .Repository}} {{lower "ABC"}} {{title "some words"}}', 'LOCALHOST:5000/TEAM/APP abc Some Words'],
    ['{{len .Tag}} {{index (split .Repository "/") 0}} {{join (split .ID "") "-"}}', '1 localhost:5000 5-4-8-a-6-3-e-0-b-d-8-b'],
    ['{{println .Tag}}{{printf "%q %-10s|" .Tag .Size}}', '2\n"2" 1.98MB    |'],
    ['{{range $i, $x := split .Repository "/"}}{{$i}}={{$x}} {{end}}', '0=localhost:5000 1=team 2=app '],
    ['{{range split .Repository "/"}}[{{.}}]{{else}}none{{end}}', '[localhost:5000][team][app]'],
    ['{{range split .Repository "/"}}{{if eq . "team"}}{{continue}}{{end}}{{.}} {{end}}', 'localhost:5000 app '],
    ['{{range split .Repository "/"}}{{if eq . "team"}}{{break}}{{end}}{{.}} {{end}}', 'localhost:5000 '],
    ['{{if eq .Tag "1"}}one{{else if eq .Tag "2"}}two{{else}}more{{end}}', 'two'],
    ['{{with .Tag}}tag {{.}}{{end}}', 'tag 2'],
    ['{{$x := .Tag}}{{$x = "3"}}{{$x}}', '3'],
    ['{{$x := .Tag}}{{if true}}{{$x := "inner"}}{{$x}}{{end}} {{$x}}', 'inner 2'],
    ['{{.Tag | printf "%s-%s" "a"}}', 'a-2'],
    ['{{"a|b" | len}} {{split "a|b" "|"}} {{"(" | print}}', '3 [a b] ('],
    ['{{pad .Tag 2 1}}|{{truncate .ID 4}}|{{truncate "ab" 4}}', '  2 |548a|ab'],
    ['{{and .Tag .Size}} {{or "" .Tag}} {{not .Tag}}', '1.98MB 2 false'],
    ['{{or true (index "" 5)}}', 'true'],
    ['{{lt 1 2}} {{ge 1 2}} {{ne "a" "b"}} {{eq 1 3 2 1}}', 'true false true true'],
    ['{{`raw {{`}}', 'raw {{'],
    ['{{print 1 2 "a" 3}}', '1 2a3'],
    ['{{slice .ID 0 3}} {{0x10}} {{nil | print}}', '548 16 <no value>'],
  ])('%s', (source, text) => {
    expect(run(source)).toBe(text);
  });

  test.each([
    ['{{.Config.Env}} {{.Config.Labels}} {{.Config.ExposedPorts}} {{.Size}}', '[PATH=/bin A=b c] map[k:v maintainer:me & <you>] map[80/tcp:map[]] 1982396'],
    ['{{json .Config.Labels}}', '{"maintainer":"me & <you>","k":"v"}'],
    ['{{range .Config.Env}}{{println .}}{{end}}', 'PATH=/bin\nA=b c\n'],
    ['{{range $k, $v := .Config.Labels}}{{$k}}={{$v}};{{end}}', 'k=v;maintainer=me & <you>;'],
    ['{{index .Config.Labels "k"}} {{index .RepoTags 1}} {{len .RepoTags}}', 'v b/app:latest 2'],
    ['{{if .Config.Volumes}}some{{else}}no{{end}} volumes', 'no volumes'],
    ['{{.Config.Volumes}}', '<no value>'],
    ['{{(index .RepoTags 0) | upper}} {{$.Os}} {{with .Config}}{{$.Id}}{{end}}', 'APP:1 linux sha256:1'],
  ])('of JSON: %s', (source, text) => {
    expect(run(source, inspected)).toBe(text);
  });

  test.each([
    ['{{.Nope}}', image, 'template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type *formatter.imageContext'],
    ['{{.Nope}}', inspected, 'template: :1:2: executing "" at <.Nope>: map has no entry for key "Nope"'],
    ['{{.ID', image, 'template: :1: unclosed action'],
    ['x\n{{nope .ID}}', image, 'template: :2: function "nope" not defined'],
    ['{{$x}}', image, 'template: :1: undefined variable "$x"'],
    ['{{if .ID}}', image, 'template: :1: unexpected EOF'],
    ['{{end}}', image, 'template: :1: unexpected {{end}}'],
    ['{{}}', image, 'template: :1: missing value for command'],
    ['{{.ID | }}', image, 'template: :1: missing value for command'],
    ['{{(.ID}}', image, 'template: :1: unclosed left paren'],
    ['{{.ID ^}}', image, 'template: :1: unexpected "^" in command'],
    ['{{break}}', image, 'template: :1: {{break}} outside {{range}}'],
    ['{{upper 1}}', image, 'template: :1:2: executing "" at <upper>: wrong type for value; expected string; got number'],
    ['{{index .RepoTags 9}}', inspected, 'template: :1:2: executing "" at <index>: error calling index: index out of range: 9'],
    ['{{.Os.Name}}', inspected, 'template: :1:5: executing "" at <.Os.Name>: can\'t evaluate field Name in type string'],
    ['{{.constructor}}', inspected, 'template: :1:2: executing "" at <.constructor>: map has no entry for key "constructor"'],
    ['{{.__proto__}}', image, 'template: :1:2: executing "" at <.__proto__>: can\'t evaluate field __proto__ in type *formatter.imageContext'],
  ])('mistake: %s', (source, data, message) => {
    expect(() => run(source, data)).toThrow(new TemplateError(message));
  });

  test('any text either runs or is refused with a TemplateError, and soon', () => {
    const words = fc.constantFrom(
      '{{',
      '}}',
      '.ID',
      '.Tag',
      ' ',
      'if',
      'range',
      'end',
      'else',
      '$x',
      ':=',
      '|',
      '(',
      ')',
      '"a"',
      'len',
      'printf',
      '1',
      '-',
      '/*',
      '*/',
      'json .',
      '\n',
      'with',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
        try {
          run(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('text without actions stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('{{')),
        (text) => {
          expect(run(text)).toBe(text);
        },
      ),
    );
  });

  test('any value goes through json and back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(run('{{json .}}', value)) as unknown).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
