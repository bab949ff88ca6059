/**
 * Types of `@std/cli/parse-args`, without its nested names (`a.b`).
 *
 * @module
 */

type Names<Name> = Name | readonly Name[];

/** The type of each declared name, before defaults and aliases. */
type Values<Bool extends string, Str extends string, Collect, Negatable> =
  & { [Name in Exclude<Bool, Collect>]: boolean }
  & { [Name in Extract<Bool, Collect>]: boolean[] }
  & { [Name in Exclude<Str, Collect>]?: OrFalse<string, Name, Negatable> }
  & { [Name in Extract<Str, Collect>]: OrFalse<string[], Name, Negatable> }
  & {
    [Name in Exclude<Collect & string, Bool | Str>]: OrFalse<
      unknown[],
      Name,
      Negatable
    >;
  };

type OrFalse<Type, Name, Negatable> = Name extends Negatable ? Type | false
  : Type;

/** A name with a default is never undefined. */
type WithDefaults<Args, Default> =
  & Omit<Args, keyof Default>
  & {
    [Name in keyof Default]: Name extends keyof Args
      ? Default[Name] | NonNullable<Args[Name]>
      : unknown;
  };

/** An alias has the value of its name. */
type WithAliases<Args, Alias> = {
  [Name in keyof Args as Name | AliasOf<Name, Alias>]: Args[Name];
};

type AliasOf<Name, Alias> = Name extends keyof Alias
  ? Alias[Name] extends string ? Alias[Name]
  : Alias[Name] extends string[] ? Alias[Name][number]
  : never
  : never;

/** Parses command line arguments into an object of their values. */
export function parseArgs<
  Bool extends string = never,
  Str extends string = never,
  Collect extends string = never,
  Negatable extends string = never,
  Default extends Record<string, unknown> = Record<never, never>,
  Alias extends Record<string, Names<Short>> = Record<never, never>,
  Short extends string = string,
  DoubleDash extends boolean = false,
>(
  args: readonly string[],
  options?: {
    "--"?: DoubleDash;
    alias?: Alias;
    boolean?: Names<Bool>;
    collect?: Names<Collect>;
    default?: Default;
    negatable?: Names<Negatable>;
    stopEarly?: boolean;
    string?: Names<Str>;
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  },
):
  & Record<string, unknown>
  & WithAliases<
    WithDefaults<Values<Bool, Str, Collect, Negatable>, Default>,
    Alias
  >
  & { _: (string | number)[] }
  & (DoubleDash extends true ? { "--": string[] } : unknown);
