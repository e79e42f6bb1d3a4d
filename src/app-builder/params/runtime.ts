import * as z from 'zod'
import { JobError } from '../../errors'

/** The facts of an activation that the platform sets in `__OW_*` environment variables. */
export const Runtime = z
  .object({
    __OW_ACTIVATION_ID: z.string().min(1),
    /** `/namespace/package/action` */
    __OW_ACTION_NAME: z.string().min(1),
    __OW_NAMESPACE: z.string().min(1),
    __OW_API_HOST: z.string().min(1),
    __OW_API_KEY: z.string().min(1),
    /** ms since the epoch */
    __OW_DEADLINE: z.coerce.number().positive(),
  })
  .transform((env) => ({
    activationId: env.__OW_ACTIVATION_ID,
    actionName: env.__OW_ACTION_NAME,
    namespace: env.__OW_NAMESPACE,
    apiHost: /^https?:/.test(env.__OW_API_HOST) ? env.__OW_API_HOST : `https://${env.__OW_API_HOST}`,
    apiKey: env.__OW_API_KEY,
    deadline: env.__OW_DEADLINE,
  }))
export type Runtime = z.infer<typeof Runtime>

/** @throws JobError `input-missing` */
export function readRuntime(env: NodeJS.ProcessEnv): Runtime {
  const parsed = Runtime.safeParse(env)
  if (parsed.success) return parsed.data
  const missing = parsed.error.issues.map(({ path }) => path.join('.')).join(', ')
  throw new JobError(
    'input-missing',
    `The platform did not set ${missing}.`,
    'Annotate the action with `provide-api-key: true` in ext.config.yaml and deploy again.',
    { details: { missing } },
  )
}
