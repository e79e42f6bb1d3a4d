// What the benchmark uses of its peers, which are installed only when it runs: the type check must not need them.

declare module '@fast-csv/format' {
  export function format(options: {
    headers: string[]
    rowDelimiter: string
  }): NodeJS.ReadWriteStream & { write(row: object): boolean }
}

declare module 'papaparse' {
  export function unparse(rows: readonly object[], options: { columns: string[]; newline: string }): string
}

declare module '@segment/actions-core' {
  export function transform(mapping: object, payload: object): object
}

declare module 'jsonata' {
  export default function jsonata(expression: string): { evaluate(input: unknown): Promise<unknown> }
}

declare module '@jmespath-community/jmespath' {
  export function compile(expression: string): object
  export const TreeInterpreter: { search(expression: object, input: unknown): unknown }
}

declare module '@duckdb/node-api' {
  export const DuckDBInstance: {
    create(path: string, options: { threads: string }): Promise<{ connect(): Promise<Connection> }>
  }
  interface Connection {
    run(sql: string): Promise<unknown>
  }
}

declare module 'faros-airbyte-cdk' {
  export const SyncMode: { readonly INCREMENTAL: 'incremental' }
  export class AirbyteLogger {
    constructor(level: string)
    info(message: string): void
  }
  export abstract class AirbyteStreamBase {
    constructor(logger: AirbyteLogger)
    get name(): string
    abstract get primaryKey(): string
    get cursorField(): string
    get stateCheckpointInterval(): number
    abstract getJsonSchema(): object
    abstract readRecords(): AsyncGenerator<Record<string, string>>
    getUpdatedState(state: object, latest: Record<string, string>): object
  }
  export abstract class AirbyteSourceBase {
    constructor(logger: AirbyteLogger)
    protected readonly logger: AirbyteLogger
    abstract get type(): string
    abstract streams(): AirbyteStreamBase[]
    abstract checkConnection(): Promise<[boolean, undefined]>
    read(
      config: object,
      redactedConfig: object,
      catalog: object,
      state: object,
    ): AsyncGenerator<{ readonly record?: { readonly data: Record<string, string> } }>
  }
}
