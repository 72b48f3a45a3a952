import type { Form } from './forms.ts';
import type { Word } from './words.ts';

/**
 * The notation of the messages, close to that of Redox's own field lists:
 *
 *   'text', 'date', 'sex'   a value of this kind
 *   oneOf('A', 'B')         one of these texts
 *   { Name: 'text' }        an object with these fields and no others
 *   ['text'], [{ … }]       an array
 *   required(…)             a field that must be there
 */
export type Shape = Kind | OneOf | readonly [Shape] | Fields | Required;

/** `object` is an object whose keys are free. */
export type Kind = 'text' | 'boolean' | 'number' | 'object' | Form | Word;

export interface Fields {
  readonly [key: string]: Shape;
}

export class OneOf {
  readonly members: readonly string[];
  constructor(members: readonly string[]) {
    this.members = members;
  }
}

export class Required {
  readonly shape: Shape;
  constructor(shape: Shape) {
    this.shape = shape;
  }
}

export const oneOf = (...members: readonly string[]): OneOf => new OneOf(members);

export const required = (shape: Shape): Required => new Required(shape);

export const each = (shape: Shape, ...names: readonly string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, shape]));

export const texts = (...names: readonly string[]): Fields => each('text', ...names);

// Array.isArray does not narrow a readonly tuple.
export const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape);
