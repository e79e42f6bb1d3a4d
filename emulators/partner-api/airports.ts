import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'

export interface AirportRecord {
  readonly iata: string
  readonly name: string
  /** `NA` where it is not known, as is the state. */
  readonly city: string
  readonly state: string
  readonly country: string
  readonly latitude: string
  readonly longitude: string
}

/** Real airports, 3,376 of them, from the npm package vega-datasets (its `exports` hide the data, so: by path). */
export function realAirports(): AirportRecord[] {
  const path = join(require.resolve('vega-datasets'), '..', '..', 'data', 'airports.csv')
  parsed ??= parse<AirportRecord>(readFileSync(path), { columns: true })
  return parsed.map((airport) => ({ ...airport }))
}

let parsed: readonly AirportRecord[] | undefined
