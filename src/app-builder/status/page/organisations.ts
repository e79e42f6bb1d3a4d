import { html } from '../../web/html'
import { inputPrefix } from '../commands'
import { badge, figure, hidden, instant, table } from './elements'
import type { Job } from '../../../definition/job'
import type { Markup } from '../../web/html'
import type { CredentialStatus } from '../credentials'
import type { GrantStatus, Status, TenantStatus } from '../status'
import type { PageContext, Tone } from './elements'

/** Credentials, customer organisations, accounts of sources, and the forms that connect more of them; null without any. */
export function organisations(
  context: PageContext,
  { at, tenants, grants, credentials }: Status,
  jobs: readonly Job[],
  canConnect: boolean,
): Markup | null {
  const consenting = jobs.filter(({ source }) => source.consent)
  const isEmpty = [tenants, grants, consenting, credentials].every(({ length }) => length === 0)
  if (isEmpty && !canConnect) return null
  return html`<section id="consents" aria-labelledby="title-consents">
    <h2 id="title-consents">Credentials and consents</h2>
    ${credentials.length > 0 ? credentialTable(credentials, at) : null}
    ${tenants.length > 0 ? tenantTable(context, tenants) : null}
    ${grants.length > 0 ? grantTable(grants) : null} ${canConnect ? adobeForm(context, jobs) : null}
    ${consenting.map(({ name }) => sourceForm(context, name))}
  </section>`
}

function credentialTable(credentials: readonly CredentialStatus[], at: string): Markup {
  const rows = credentials.map(({ kind, clientId, endsAt }) => [
    html`${kind}`,
    html`<code>${clientId}</code>`,
    endsAt === null
      ? html`does not end; its tokens are renewed`
      : endsAt <= at
        ? badge('bad', `ended ${endsAt.slice(0, 10)}`)
        : badge('warn', `ends ${endsAt.slice(0, 10)}`),
  ])
  const columns = ['Credential', 'Client id', 'End'].map((name) => ({ name }))
  return table('Credentials of the service token', columns, rows)
}

const tenantTones: Readonly<Record<TenantStatus['status'], Tone>> = {
  linked: 'good',
  'needs-reauth': 'bad',
  unreadable: 'bad',
}

function tenantTable({ url }: PageContext, tenants: readonly TenantStatus[]): Markup {
  const rows = tenants.map(({ tenant, status, linkedAt, refusals, firstRefusedAt }) => [
    status === 'unreadable'
      ? html`${tenant}`
      : html`<a href="${url}?tenant=${encodeURIComponent(tenant)}">${tenant}</a>`,
    badge(refusals > 0 && status === 'linked' ? 'warn' : tenantTones[status], status),
    linkedAt === null ? html`` : instant(linkedAt),
    html`${figure(refusals)}${firstRefusedAt === null ? null : html` since ${instant(firstRefusedAt)}`}`,
  ])
  const columns = ['Organisation', 'Status', 'Linked', 'Refusals'].map((name) => ({ name }))
  return table('Customer organisations', columns, rows)
}

const grantTones: Readonly<Record<GrantStatus['status'], Tone>> = {
  valid: 'good',
  'expires-soon': 'warn',
  expired: 'bad',
  unreadable: 'bad',
}

function grantTable(grants: readonly GrantStatus[]): Markup {
  const rows = grants.map(({ grant, status, endsAt }) => [
    html`${grant}`,
    badge(grantTones[status], status),
    endsAt === null ? html`the server does not say` : instant(endsAt),
  ])
  const columns = ['Account', 'Status', 'Owner must consent again before'].map((name) => ({ name }))
  return table('Accounts at sources', columns, rows)
}

function adobeForm({ url, formToken }: PageContext, jobs: readonly Job[]): Markup {
  const names = [...new Set(jobs.flatMap(({ destination }) => destination.inputs.map(({ name }) => name)))]
  const fields = names.map(
    (name) =>
      html`<label
        >${name} of the organisation <input name="${inputPrefix + name}" autocomplete="off"
      /></label>`,
  )
  return html`<details>
    <summary>Connect an organisation with Adobe</summary>
    <p>
      Makes a link for an admin of the customer's organisation. It says where the rows of that organisation
      go.
    </p>
    <form method="post" action="${url}">
      ${hidden({ do: 'invite', token: formToken, invite: 'adobe' })}${fields}<button>
        Connect with Adobe
      </button>
    </form>
  </details>`
}

function sourceForm({ url, formToken }: PageContext, job: string): Markup {
  return html`<form method="post" action="${url}">
    ${hidden({ do: 'invite', token: formToken, invite: job })}<button class="plain">
      Connect the source of ${job}
    </button>
  </form>`
}
