import ts from 'typescript';

/** The texts in a file as the program prints them: concatenations joined, `…` for a value, the branches of a choice side by side. */
export function textsIn(tree: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isText(node)) found.push(textOf(node));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The first argument of every `new` of one of the classes. */
export function messagesOf(tree: ts.SourceFile, classes: readonly string[]): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && classes.includes(node.expression.getText()))
      found.push(...(node.arguments ?? []).slice(0, 1).map(textOf));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

const isSum = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;

const isText = (node: ts.Node): node is ts.Expression =>
  ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || isSum(node);

function textOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((span) => textOf(span.expression) + span.literal.text).join('');
  }
  if (isSum(node)) return textOf(node.left) + textOf(node.right);
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isConditionalExpression(node)) return `${textOf(node.whenTrue)}|${textOf(node.whenFalse)}`;
  return '…';
}
