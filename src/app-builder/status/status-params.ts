import * as z from 'zod'
import { flag } from '../params/request'

const text = z.string().min(1)

/** The parameters of `job-status`, as the holder of the namespace's key gives them. */
export const StatusParams = z.strictObject({
  /** Default: every job of the app. */
  job: text.optional(),
  /** A customer organisation: its jobs are shown instead of the app's own. */
  tenant: text.optional(),
  /** Asks for a link that opens the page in a browser once. `aio rt action invoke --param` sends texts. */
  link: flag.default(false),
})
