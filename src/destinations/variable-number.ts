type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'
type NonZero = Exclude<Digit, '0'>

/** Numbers of props. */
export type UpTo75 =
  NonZero | `${'1' | '2' | '3' | '4' | '5' | '6'}${Digit}` | `7${'0' | '1' | '2' | '3' | '4' | '5'}`
/** Numbers of eVars. */
export type UpTo250 =
  NonZero | `${NonZero}${Digit}` | `1${Digit}${Digit}` | `2${'0' | '1' | '2' | '3' | '4'}${Digit}` | '250'
/** Numbers of events. */
export type UpTo1000 = NonZero | `${NonZero}${Digit}` | `${NonZero}${Digit}${Digit}` | '1000'
