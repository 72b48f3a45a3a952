/** What TypeScript takes a statement's rows and parameters for, beside what Postgres says of them. */
import { join } from 'node:path';
import type pg from 'pg';
import ts from 'typescript';
import { packageRoot } from '../../../src/package-root.ts';
import type { Statement } from '../../../src/postgres/sql-file.ts';

/** A call of `statement('…')`, with the type that its rows have for the program. */
export interface Call {
  readonly name: string;
  readonly place: string;
  /** Null where nobody reads a row. */
  readonly row: Readonly<Record<string, Read>> | null;
  /** What goes in where the parameters stand beside it; null where they come from elsewhere. */
  readonly parameters: readonly Read[] | null;
}

/** What a value is for the program. */
export interface Read {
  /** `string`, `number`, `boolean`, `Date`, `Buffer`, `json`, or one of them with `[]`; several where it may be either. */
  readonly kinds: readonly string[];
  readonly isNullable: boolean;
}

/** Every call in these files, with its types as the compiler resolves them. */
export function readCalls(files: readonly string[]): readonly Call[] {
  const read = ts.getParsedCommandLineOfConfigFile(join(packageRoot, 'tsconfig.json'), { incremental: false }, host);
  if (read === undefined) throw new Error('tsconfig.json cannot be read');
  const options = { ...read.options };
  delete options.tsBuildInfoFile;
  const program = ts.createProgram(files, options);
  const reader = new CallReader(program.getTypeChecker());
  return files.flatMap((file) => reader.callsIn(program.getSourceFile(file)));
}

const host: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
  },
};

class CallReader {
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  callsIn(file: ts.SourceFile | undefined): readonly Call[] {
    if (file === undefined) return [];
    const found: Call[] = [];
    const visit = (node: ts.Node): void => {
      if (isStatementCall(node)) found.push(this.#callOf(node, file));
      ts.forEachChild(node, visit);
    };
    visit(file);
    return found;
  }

  #callOf(node: ts.CallExpression, file: ts.SourceFile): Call {
    const [name] = node.arguments;
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    return {
      name: name !== undefined && ts.isStringLiteral(name) ? name.text : '',
      place: `${file.fileName.slice(packageRoot.length + 1)}:${line + 1}`,
      row: this.#rowOf(node),
      parameters: this.#parametersOf(node),
    };
  }

  #rowOf(node: ts.CallExpression): Call['row'] {
    const row = this.#checker.getTypeAtLocation(node).getProperty('row');
    if (row === undefined) return null;
    const columns = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(row)).getProperties();
    if (columns.length === 0) return null;
    return Object.fromEntries(
      columns.map((column) => [column.name, this.#read(this.#checker.getTypeOfSymbol(column))]),
    );
  }

  /** Of `session.run(statement('…'), [a, b])`, and of `{ statement: statement('…'), parameters: [a, b] }`. */
  #parametersOf(node: ts.CallExpression): Call['parameters'] {
    const list = listBeside(node);
    if (list === null) return null;
    if (!ts.isArrayLiteralExpression(list) || list.elements.some(ts.isSpreadElement)) return null;
    return list.elements.map((element) => this.#read(this.#checker.getTypeAtLocation(element)));
  }

  #read(type: ts.Type): Read {
    const parts = type.isUnion() ? type.types : [type];
    const isNull = (part: ts.Type): boolean => (part.flags & ts.TypeFlags.Null) !== 0;
    const kinds = parts.filter((part) => !isNull(part)).map((part) => this.#kindOf(part));
    return { kinds: [...new Set(kinds)], isNullable: parts.some(isNull) };
  }

  #kindOf(type: ts.Type): string {
    const { flags } = type;
    // A branded text is a text.
    if (type.isIntersection()) return this.#kindOf(type.types[0] ?? type);
    if (flags & ts.TypeFlags.StringLike) return 'string';
    if (flags & ts.TypeFlags.NumberLike) return 'number';
    if (flags & ts.TypeFlags.BooleanLike) return 'boolean';
    if (this.#checker.isArrayType(type)) return `${this.#elementOf(type)}[]`;
    const name = type.symbol.name;
    return name === 'Date' || name === 'Buffer' ? name : 'json';
  }

  #elementOf(type: ts.Type): string {
    const [element] = this.#checker.getTypeArguments(type as ts.TypeReference);
    return element === undefined ? 'json' : this.#read(element).kinds.join('|');
  }
}

const isStatementCall = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && node.expression.getText() === 'statement';

function listBeside(node: ts.CallExpression): ts.Expression | null {
  const { parent } = node;
  if (ts.isCallExpression(parent) && /\.(run|one|pages)$/.test(parent.expression.getText())) {
    return parent.arguments[1] ?? ts.factory.createArrayLiteralExpression([]);
  }
  if (!ts.isPropertyAssignment(parent) || parent.name.getText() !== 'statement') return null;
  const beside = parent.parent.properties.find((one) => one.name?.getText() === 'parameters');
  return beside !== undefined && ts.isPropertyAssignment(beside) ? beside.initializer : null;
}

/** What Postgres says of a statement, without running it. */
export interface Description {
  readonly parameters: readonly number[];
  readonly columns: readonly pg.FieldDef[];
}

/** The message "Describe" of the extended protocol (PostgreSQL documentation, 54.2.3), for which pg has no method. */
export function describeStatement(client: pg.Client, { name, text }: Statement): Promise<Description> {
  return new Promise((resolve, reject) => {
    let parameters: readonly number[] = [];
    let columns: readonly pg.FieldDef[] = [];
    client.query({
      submit: (connection: pg.Connection) => {
        connection.once('parameterDescription', (message: { dataTypeIDs: readonly number[] }) => {
          parameters = message.dataTypeIDs;
        });
        connection.parse({ name: '', text, types: [] }, true);
        connection.describe({ type: 'S', name: '' }, true);
        connection.sync();
      },
      handleRowDescription: (message: { fields: readonly pg.FieldDef[] }) => {
        columns = message.fields;
      },
      handleError: (error: Error) => {
        // The driver asks nobody again after an error.
        reject(new Error(`${name}: ${error.message}`, { cause: error }));
      },
      handleReadyForQuery: () => {
        resolve({ parameters, columns });
      },
    } as pg.Submittable);
  });
}

/** What pg makes of a value of each type, by its oid (PostgreSQL, pg_type.dat). */
const kindOfType: Readonly<Record<number, string>> = {
  16: 'boolean',
  17: 'Buffer',
  19: 'string',
  20: 'number',
  21: 'number',
  23: 'number',
  25: 'string',
  26: 'number',
  114: 'json',
  701: 'number',
  1000: 'boolean[]',
  1005: 'number[]',
  1007: 'number[]',
  1009: 'string[]',
  1043: 'string',
  1114: 'Date',
  1184: 'Date',
  2950: 'string',
  3802: 'json',
};

/** Kinds besides a type's own that pg writes as a parameter of it: Postgres reads the text. */
const takenAs = (oid: number): readonly string[] => {
  const kind = kindOfType[oid] ?? 'string';
  if (kind === 'json' || kind === 'Date') return [kind, 'string'];
  return kind.endsWith('[]') || oid === 1016 || oid === 2951 || oid === 1182
    ? ['string[]', 'number[]', kind]
    : [kind, 'string'];
};

/** How the sessions that ask a statement take its values: parsed by pg, or as the texts that the server sent. */
export type Arrival = 'parsed' | 'text';

/** Where a statement and its calls disagree. `canBeNull`: whether the table lets a column be null, for columns that are a table's own. */
export function disagreements(
  calls: readonly Call[],
  described: Description,
  arrivals: readonly Arrival[],
  canBeNull: (column: pg.FieldDef) => boolean,
): readonly string[] {
  const faults = calls.flatMap((call) =>
    [...columnFaults(call, described, arrivals, canBeNull), ...parameterFaults(call, described)].map(
      (fault) => `${call.place} ${call.name}: ${fault}`,
    ),
  );
  return [...faults, ...unreadColumns(calls, described)];
}

function columnFaults(
  { row }: Call,
  { columns }: Description,
  arrivals: readonly Arrival[],
  canBeNull: (column: pg.FieldDef) => boolean,
): readonly string[] {
  return Object.entries(row ?? {}).flatMap(([name, { kinds, isNullable }]) => {
    const column = columns.find((one) => one.name === name);
    if (column === undefined) return [`it gives no ${name}`];
    const parsed = kindOfType[column.dataTypeID] ?? `of type ${column.dataTypeID}`;
    const given = arrivals.map((arrival) => (arrival === 'text' ? 'string' : parsed));
    if (!isSame(kinds, given)) return [`${name} is read as ${kinds.join('|')} and is ${given.join('|')}`];
    return canBeNull(column) && !isNullable ? [`${name} can be null, and is read as if it could not`] : [];
  });
}

/** Of a JSON any object or array may be read. */
const isSame = (read: readonly string[], given: readonly string[]): boolean =>
  given.includes('json')
    ? read.every((kind) => kind === 'json' || kind.endsWith('[]'))
    : new Set([...read, ...given]).size === new Set(given).size && read.length === new Set(given).size;

function unreadColumns(calls: readonly Call[], { columns }: Description): readonly string[] {
  const rows = calls.flatMap(({ row }) => (row === null ? [] : [row]));
  if (rows.length === 0) return [];
  return columns
    .filter(({ name }) => rows.every((row) => row[name] === undefined))
    .map(({ name }) => `${calls[0]?.name ?? ''}: nobody reads ${name}`);
}

function parameterFaults({ parameters: given }: Call, { parameters }: Description): readonly string[] {
  if (given === null) return [];
  if (given.length !== parameters.length) return [`takes ${parameters.length} parameters and gets ${given.length}`];
  return given.flatMap(({ kinds }, index) => {
    const taken = takenAs(parameters[index] ?? 0);
    return kinds.every((kind) => taken.includes(kind))
      ? []
      : [`$${index + 1} takes ${taken.join('|')} and gets ${kinds.join('|')}`];
  });
}
