declare const mistake: unique symbol

/**
 * A type without values. A parameter of a definition that cannot work gets this type, so the compiler prints its
 * message.
 */
export interface Mistake<Message extends string> {
  readonly [mistake]: Message
}

export type IsAny<T> = 0 extends 1 & T ? true : false
