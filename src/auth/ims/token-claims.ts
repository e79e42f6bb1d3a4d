import * as z from 'zod'

/** Claims of an IMS access token. Times are strings that contain milliseconds. */
export const TokenClaims = z.object({
  type: z.string().optional(),
  client_id: z.string().optional(),
  user_id: z.string().optional(),
  /** The IMS environment, such as `ims-na1`. */
  as: z.string().optional(),
  created_at: z.coerce.number(),
  expires_in: z.coerce.number(),
})
export type TokenClaims = z.infer<typeof TokenClaims>
