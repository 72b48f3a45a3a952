import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../../src/package-root.ts';

/** The program's own TypeScript as the architecture tests see it: files, what they import, the texts in them. */
export interface SourceFile {
  /** From the package's root: `src/decide/call.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
  /** Every string and template in the file, with the line it starts on. */
  readonly texts: readonly { readonly line: number; readonly text: string }[];
}

interface Import {
  /** A path from the package's root for a file of ours, a library's name, or `node:…`. */
  readonly target: string;
  /** Gone when the program runs. */
  readonly isTypeOnly: boolean;
}

export function readSourceFiles(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => parseSourceFile(join(folder, name), readFileSync(join(packageRoot, folder, name), 'utf8')))
      .sort((a, b) => a.path.localeCompare(b.path)),
  );
}

export function parseSourceFile(path: string, code: string): SourceFile {
  const tree = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const texts: { line: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const found = importIn(node);
    if (found !== null) imports.push({ ...found, target: resolveTarget(path, found.target) });
    else if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      texts.push({ line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: textOf(node) });
    } else ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, imports, texts };
}

function importIn(node: ts.Node): Import | null {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { target: node.moduleSpecifier.text, isTypeOnly: isTypeOnly(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    return { target: node.moduleSpecifier.text, isTypeOnly: node.isTypeOnly };
  }
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const [target] = isDynamic ? node.arguments : [];
  return target !== undefined && ts.isStringLiteral(target) ? { target: target.text, isTypeOnly: false } : null;
}

/** `import type …`, or nothing but types between the braces. */
function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((e) => e.isTypeOnly)
  );
}

const resolveTarget = (from: string, target: string): string =>
  target.startsWith('.') ? relative(packageRoot, join(packageRoot, dirname(from), target)) : target;

const textOf = (node: ts.StringLiteralLike | ts.TemplateExpression): string =>
  ts.isTemplateExpression(node)
    ? node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('')
    : node.text;
