import * as z from 'zod'
import { readRequest } from './request'

const text = z.string().min(1)

/** The parameters of `verify-arrival`, as an alarm or a person gives them. */
export const ArrivalParams = z.strictObject({
  /** Default: every job of the app. */
  job: text.optional(),
  /** A linked customer organisation, or `all` of them. */
  tenant: text.optional(),
})
export type ArrivalParams = z.infer<typeof ArrivalParams>

/** @throws JobError `params-invalid` */
export function readArrivalParams(params: Readonly<Record<string, unknown>>): ArrivalParams {
  return readRequest(ArrivalParams, params)
}
