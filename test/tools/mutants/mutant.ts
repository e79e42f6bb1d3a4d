import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** One small fault that can be put into a file. */
export interface Mutant {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Offsets in the text of the file. */
  readonly from: number
  readonly to: number
  readonly before: string
  readonly after: string
  /** What it takes out, where it was written by hand. */
  readonly safeguard?: string
}

const operators: Readonly<Record<string, readonly string[]>> = {
  '===': ['!=='],
  '!==': ['==='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
}

/** Every mutant of a TypeScript file, in the order of the text. Types, imports and texts for people stay as they are. */
export function mutantsOf(file: string): Mutant[] {
  const text = readFileSync(file, 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: Mutant[] = []

  function add(node: ts.Node, after: string, part: ts.Node = node): void {
    const from = part.getStart(source)
    const line = source.getLineAndCharacterOfPosition(from).line + 1
    found.push({ file, line, from, to: part.getEnd(), before: part.getText(source), after })
  }

  function visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return
    if (ts.isTypeAliasDeclaration(node)) return
    if (ts.isBinaryExpression(node)) {
      for (const after of operators[node.operatorToken.getText(source)] ?? [])
        add(node, after, node.operatorToken)
    }
    if (ts.isIfStatement(node) || ts.isWhileStatement(node)) decide(node.expression)
    if (ts.isConditionalExpression(node)) decide(node.condition)
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      add(node, node.operand.getText(source))
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, 'false')
    if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, 'true')
    if (ts.isNumericLiteral(node)) add(node, node.text === '0' ? '1' : '0')
    if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) add(node, '[]')
    if (ts.isExpressionStatement(node) && !isSuper(node)) add(node, ';')
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression))
      changeCall(node, node.expression)
    if (ts.isReturnStatement(node) && node.expression && !ts.isObjectLiteralExpression(node.expression)) {
      add(node, 'return undefined as never')
    }
    if (ts.isThrowStatement(node)) add(node, ';')
    ts.forEachChild(node, visit)
  }

  /** A decision that always goes one way. */
  function decide(condition: ts.Expression): void {
    add(condition, 'true')
    add(condition, 'false')
  }

  /** A step of a chain left out, or the other end of a range taken. */
  function changeCall(call: ts.CallExpression, { expression, name }: ts.PropertyAccessExpression): void {
    if (omissible.has(name.text)) add(call, expression.getText(source))
    if (name.text === 'min' || name.text === 'max') add(call, name.text === 'min' ? 'max' : 'min', name)
    if (name.text === 'some' || name.text === 'every')
      add(call, name.text === 'some' ? 'every' : 'some', name)
  }

  visit(source)
  return found
}

const omissible = new Set([
  'filter',
  'sort',
  'reverse',
  'slice',
  'trim',
  'toLowerCase',
  'replace',
  'replaceAll',
])

function isSuper({ expression }: ts.ExpressionStatement): boolean {
  return ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword
}

export function withMutant(text: string, { from, to, after }: Mutant): string {
  return text.slice(0, from) + after + text.slice(to)
}

/** A sample that is the same for the same seed and the same mutants. */
export function sampleOf<Item>(items: readonly Item[], size: number, seed: number): Item[] {
  let state = seed >>> 0
  /** mulberry32 */
  function random(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, size)
    .map(({ item }) => item)
}
