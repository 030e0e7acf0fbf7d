import { z } from 'zod';
import { acceleratorSchema } from '../accelerator-file.ts';
import { budgetSchema } from '../budget-file.ts';
import { dataflowFileSchema } from '../dataflow-file.ts';
import { mappingFileSchema } from '../mapping-file.ts';
import { scheduleFileSchema } from '../schedule/schedule-file.ts';
import { technologySchema } from '../technology-file.ts';
import { workloadSchema } from '../workload/workload-schema.ts';

const SCHEMAS = {
  accelerator: acceleratorSchema,
  budget: budgetSchema,
  dataflow: dataflowFileSchema,
  mapping: mappingFileSchema,
  schedule: scheduleFileSchema,
  technology: technologySchema,
  workload: workloadSchema,
} as const;

/** JSON Schemas of the YAML formats by name, for editors: what a file may hold, before units are resolved. */
export function jsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => [
      name,
      { title: `Trifold ${name}`, ...z.toJSONSchema(schema, { io: 'input' }) },
    ]),
  );
}
