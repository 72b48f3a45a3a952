/** One evening's export of the clinic, with its damages: the bytes of each file, and what of it cannot be read any more. */
import { type Clinic, columnsOf, neededOf } from './clinic.ts';
import type { Damage, FileName } from './step.ts';
import { files } from './step.ts';

interface Line {
  /** As bytes of Latin-1, one letter a byte, so that they need not be text. */
  fields: string[];
  /** The row's values; null where the line is no row of the clinic. */
  readonly row: readonly string[] | null;
  /** The whole line cannot be read. */
  isLost: boolean;
  /** Columns whose bytes cannot be read. */
  readonly damaged: Set<string>;
  isWhole: boolean;
}

export interface ExportedFile {
  readonly name: FileName;
  /** Null where the file is missing. */
  readonly content: Buffer | null;
  /** Rows of which nothing can be read. */
  readonly lost: readonly (readonly string[])[];
  /** Rows with fields that cannot be read. */
  readonly spoiled: readonly { readonly row: readonly string[]; readonly columns: ReadonlySet<string> }[];
  /** How many lines a reader has to leave out. */
  readonly leftOut: number;
  readonly damagedFields: number;
  /** What a reader may refuse as a whole. */
  readonly mayBeRefused: boolean;
}

export type Export = Readonly<Record<FileName, ExportedFile>>;

export function exportOf(clinic: Clinic, damages: readonly Damage[]): Export {
  const exported = (name: FileName): ExportedFile =>
    new ExportFile(name, clinic.rowsOf(name)).damagedBy(damages.filter(({ file }) => file === name));
  return Object.fromEntries(files.map((name) => [name, exported(name)])) as Record<FileName, ExportedFile>;
}

class ExportFile {
  readonly #name: FileName;
  #lines: Line[];
  #isMissing = false;
  #isEmpty = false;
  #isLatin1 = false;
  #hasStrayQuote = false;
  #end = '\n';
  #noRecords = 0;

  constructor(name: FileName, rows: readonly (readonly string[])[]) {
    this.#name = name;
    this.#lines = rows.map((row) => lineOf(row, row));
  }

  damagedBy(damages: readonly Damage[]): ExportedFile {
    for (const damage of damages) this.#damage(damage);
    const header = columnsOf[this.#name].join(',');
    const lines = [header, ...this.#lines.map(({ fields }) => fields.join(','))].join('\n');
    const content = this.#isEmpty ? Buffer.alloc(0) : Buffer.from(`${lines}${this.#end}`, 'latin1');
    const rows = this.#lines.flatMap((line) => (line.row === null ? [] : [{ ...line, row: line.row }]));
    const lost = this.#isEmpty || this.#isMissing ? rows : rows.filter(({ isLost }) => isLost);
    const spoiled = rows.filter(({ isLost, damaged }) => !isLost && damaged.size > 0);
    const latin1Lines = this.#lines.filter(({ fields }) => /[\x80-\xff]/.test(fields.join(','))).length;
    return {
      name: this.#name,
      content: this.#isMissing ? null : content,
      lost: lost.map(({ row }) => row),
      spoiled: spoiled.map(({ row, damaged }) => ({ row, columns: damaged })),
      leftOut: this.#lines.filter(({ isLost }) => isLost).length + this.#noRecords,
      damagedFields: this.#lines.reduce((sum, { isLost, damaged }) => sum + (isLost ? 0 : damaged.size), 0),
      mayBeRefused:
        this.#isMissing ||
        this.#isEmpty ||
        (latin1Lines >= 4 && spoiled.length > 0) ||
        // A file all of whose rows are too wide or too narrow is of another shape.
        (this.#lines.length > 0 && this.#lines.every(({ isLost, row }) => isLost || row === null)),
    };
  }

  #damage(damage: Damage): void {
    if ('line' in damage) this.#damageLine(damage);
    else this.#damageFile(damage.how);
  }

  #damageLine({ how, line: number, field }: Extract<Damage, { readonly line: number }>): void {
    const whole = this.#lines.filter(({ isWhole }) => isWhole);
    const line = whole[number % Math.max(1, whole.length)];
    if (line === undefined || this.#isLatin1 || this.#end === '') return;
    const width = line.fields.length;
    const index = field % width;
    const text = line.fields[index] ?? '';
    const set = (replaced: string): void => void (line.fields[index] = replaced);
    switch (how) {
      case 'twice':
        line.isWhole = false;
        this.#lines.push({ ...lineOf(line.row, line.row), isWhole: false });
        return;
      case 'bad byte':
      case 'windows-1252 byte':
      case 'zero byte':
        set(`${text.slice(0, 1)}${how === 'bad byte' ? '\xff' : how === 'zero byte' ? '\0' : '\xe9'}${text.slice(1)}`);
        line.damaged.add(columnsOf[this.#name][index] ?? '');
        line.isWhole = false;
        return;
      case 'stray quote before':
      case 'stray quote within': {
        // Two in one file may pass for the quotes around one field, and nobody could tell.
        if (this.#hasStrayQuote) return;
        this.#hasStrayQuote = true;
        const at = how === 'stray quote before' ? 0 : Math.ceil(text.length / 2);
        set(`${text.slice(0, at)}"${text.slice(at)}`);
        break;
      }
      case 'too few fields':
        line.fields.splice(index, 1);
        break;
      case 'too many fields':
        line.fields.splice(index, 0, 'x');
    }
    line.isWhole = false;
    line.isLost = true;
  }

  #damageFile(how: Exclude<Damage, { readonly line: number }>['how']): void {
    const columns = columnsOf[this.#name];
    if (this.#end === '') return;
    switch (how) {
      case 'missing':
        this.#isMissing = true;
        return;
      case 'empty':
        this.#isEmpty = true;
        return;
      case 'trailer':
        this.#lines.push(nobodys(['TRAILER', String(this.#lines.length)]));
        this.#noRecords += 1;
        return;
      case 'wide trailer':
        this.#lines.push(nobodys(['TRAILER', String(this.#lines.length), ...columns.slice(2).map(() => '')]));
        return;
      case 'ruler':
        this.#lines.unshift(nobodys(columns.map(() => '-----')));
        return;
      case 'header again':
        this.#lines.push(nobodys([...columns]));
        return;
      case 'no last line end':
        this.#end = '';
        return;
      case 'windows-1252':
        this.#writeLatin1();
        return;
      case 'cut off':
        this.#cutOff();
    }
  }

  #writeLatin1(): void {
    this.#isLatin1 = true;
    for (const line of this.#lines.filter(({ isWhole }) => isWhole)) {
      line.fields = line.fields.map((field) => Buffer.from(field, 'latin1').toString());
      line.fields.forEach((field, index) => {
        if (/[\x80-\xff]/.test(field)) line.damaged.add(columnsOf[this.#name][index] ?? '');
      });
      line.isWhole = line.damaged.size === 0;
    }
  }

  /** Within the last line, before its last field. */
  #cutOff(): void {
    const last = this.#lines.at(-1);
    if (last?.isWhole !== true) return;
    const kept = last.fields.slice(0, Math.ceil(last.fields.length / 2));
    const broken = kept.pop() ?? '';
    last.fields = [...kept, broken.slice(0, Math.max(1, broken.length - 1))];
    last.isWhole = false;
    last.isLost = true;
    this.#end = '';
  }
}

const lineOf = (values: readonly string[] | null, row: readonly string[] | null): Line => ({
  fields: (values ?? []).map((value) => Buffer.from(quoted(value)).toString('latin1')),
  row,
  isLost: false,
  damaged: new Set(),
  isWhole: true,
});

const nobodys = (values: readonly string[]): Line => ({ ...lineOf(values, null), isWhole: false });

const quoted = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** Rows of the clinic whose key, or another field without which they are not compared, cannot be read. */
export const unreadRows = ({ name, lost, spoiled }: ExportedFile): readonly (readonly string[])[] => [
  ...lost,
  ...spoiled.filter(({ columns }) => neededOf[name].some((column) => columns.has(column))).map(({ row }) => row),
];

export const isHarmed = (file: ExportedFile): boolean => file.lost.length + file.spoiled.length > 0;
