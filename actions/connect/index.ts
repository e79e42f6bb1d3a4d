import { defineAction } from '../../src/app-builder/define-action'
import { errorPage, invite, visit } from '../../src/app-builder/web/connect'
import { defineWebAction } from '../../src/app-builder/web/define-web-action'
import { readWebRequest } from '../../src/app-builder/web/web-request'
import type { ActionParams } from '../../src/app-builder/define-action'

const fromBrowser = defineWebAction(visit, errorPage)
const byKey = defineAction(invite)

/** Asks a person for access in the browser. Links begin with an invitation, made by who holds the namespace's key. */
export function main(params: ActionParams): Promise<object> {
  return readWebRequest(params) ? fromBrowser(params) : byKey(params)
}
