import { randomUUID } from 'node:crypto'
import { targetsOf, unknownNames } from '../alerts/targets'
import { watch } from '../alerts/watch'
import { openWatchFile } from '../alerts/watch-file'
import { openWebhook } from '../alerts/webhook'
import { signedMessages } from '../alerts/webhooks/signed'
import { slackMessage } from '../alerts/webhooks/slack'
import { teamsMessage } from '../alerts/webhooks/teams'
import { createDeadline } from '../pipeline/deadline'
import { openTenants, tenantName } from '../state/tenants'
import { defineAction } from './action-frame'
import { readAlertSettings, readWatchParams, readWebhook } from './params/alert-params'
import { readSettings } from './params/parse-inputs'
import type { Job } from '../definition/job'
import type { TenantFile } from '../state/tenants'
import type { WatchedTenant } from '../alerts/targets'
import type { Tell } from '../alerts/webhook'
import type { WebhookInputs } from './params/alert-params'
import type { ActionParams, Platform } from './platform'

/**
 * The action `watchdog`: tells a webhook once of each change in what deserves an alert. It is no part of any run: a
 * webhook that is down delays messages, and nothing else.
 */
export function watchdogAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  return defineAction(jobs, async (platform) => {
    const { params, files, ims, redactor } = platform
    const { inspect, test } = readWatchParams(params)
    const webhook = readWebhook(params, redactor)
    const rules = readAlertSettings(params)
    if (inspect) return inspectWatch(platform)
    const tenants = await openTenants(files, ims.clock).list()
    const { leaseTtlMs, reportsKept } = readSettings(params, jobs)
    return watch({
      targets: targetsOf(jobs, tenants.map(watchedTenant), rules),
      notes: unknownNames(jobs, rules),
      rules: { ...rules, leaseTtlMs },
      reportsKept,
      store: files,
      clock: ims.clock,
      channel: webhook?.kind ?? 'log',
      tell: webhook ? openTell(platform, webhook) : () => Promise.resolve({ kind: 'told' }),
      test,
      activation: platform.runtime.activationId,
      deadline: createDeadline(platform.runtime.deadline, ims.clock),
      log: platform.log,
      newId: randomUUID,
      redact: redactor.text,
    })
  })
}

function openTell({ ims, redactor }: Platform, webhook: WebhookInputs): Tell {
  const { url, kind } = webhook
  const template =
    kind === 'generic' ? signedMessages(webhook.key) : kind === 'slack' ? slackMessage : teamsMessage
  return openWebhook({ url, template, http: ims.http, clock: ims.clock, redact: redactor.text })
}

/** When the watchdog last ran, what it has told, and what waits. */
async function inspectWatch({ files, ims }: Platform): Promise<object> {
  const found = await openWatchFile(files, ims.clock).read()
  if (!found) return { state: 'The watchdog has not run yet.' }
  if (!found.content) return { state: 'The file of the watchdog is damaged: its next tick replaces it.' }
  const { channel, claim, last, notBefore, names, toTell } = found.content
  return { channel, claim, last, notBefore, names, toTell }
}

function watchedTenant(file: TenantFile): WatchedTenant {
  if (file.kind === 'unreadable') {
    const name = file.path.replace(/^.*\//, '').replace(/\.json$/, '')
    return { kind: 'unreadable', name, error: file.error }
  }
  const { orgId, status } = file.tenant
  const name = tenantName(orgId)
  return status === 'linked' ? { kind: 'linked', name } : { kind: 'withdrawn', name, orgId }
}
