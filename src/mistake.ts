declare const mistake: unique symbol

/** A type that no value has. Where a definition cannot work, the compiler wants one and prints its message. */
export interface Mistake<Message extends string> {
  readonly [mistake]: Message
}

export type IsAny<T> = 0 extends 1 & T ? true : false
