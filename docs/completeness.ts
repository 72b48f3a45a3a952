/** Writes docs/what-redox-can-take.md, from the schema of the preflight and the messages that the builders make. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';
import { completenessOf, completenessPage, eventNames } from '../test/unit/redox/completeness/page.ts';

const file = join(packageRoot, 'docs/what-redox-can-take.md');
writeFileSync(file, completenessPage(eventNames.map(completenessOf)));
process.stdout.write(`${file} is up to date now.\n`);
