/** A type of a framework, or `Else` where its types are not installed, so that the import is `any`. */
export type IfInstalled<T, Else> = 0 extends 1 & T ? Else : T
