import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonSchemas } from '../../src/formats/document/json-schema.ts';

describe('the JSON Schemas for editors', () => {
  it.each(Object.entries(jsonSchemas()))('%s is the one that reads the files', (name, schema) => {
    const file = resolve(import.meta.dirname, `../../schemas/${name}.schema.json`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
  });
});
