import { assert } from 'chai';
import ts from 'typescript';
import { root } from './repository.js';

describe('hosts/xs', () => {
  it('type-checks against its own declarations of the SDK', () => {
    const folder = `${root}hosts/xs`;
    const { config, error } = ts.readConfigFile(`${folder}/tsconfig.json`, ts.sys.readFile);
    assert.isUndefined(error);
    const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
    assert.deepEqual(errors, []);
    assert.include(fileNames.join(), 'main.ts');
    const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
    assert.deepEqual(diagnostics.map(describeDiagnostic), []);
  });
});

function describeDiagnostic({ file, start, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n');
  if (file === undefined || start === undefined) return text;
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1} ${text}`;
}
