import * as z from 'zod'
import { readRequest } from './run-params'

const text = z.string().min(1)

/** What an alarm or a person may ask of `verify-arrival`. */
export const ArrivalParams = z.strictObject({
  /** Every job of the app without it. */
  job: text.optional(),
  /** A linked customer organisation, or `all` of them. */
  tenant: text.optional(),
})
export type ArrivalParams = z.infer<typeof ArrivalParams>

/** @throws JobError `params-invalid` */
export function readArrivalParams(params: Readonly<Record<string, unknown>>): ArrivalParams {
  return readRequest(ArrivalParams, params)
}
