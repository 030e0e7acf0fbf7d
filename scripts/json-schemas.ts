/** Writes schemas/*.schema.json from the schemas that read the YAML formats. Run with `npm run schemas`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { jsonSchemas } from '../src/formats/document/json-schema.ts';

mkdirSync('schemas', { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas()))
  writeFileSync(`schemas/${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`);
