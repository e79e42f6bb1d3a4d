/** Codes that Adobe takes, and that this platform does not list: of former currencies, metals and territories. */
const others =
  'AFA AZM BYR CSD CYP EEK GGP GHC IMP JEP LTL LVL MTL MZM ROL RUR SDD SIT SKK SPL SRG STD TMM TRL TVD VEB XAG XAU XPD XPT ZMK ZWD'
let known: ReadonlySet<string> | null = null

/**
 * True for a currency code in capital letters: ISO 4217, and what Adobe lists besides. Adobe discards a whole hit with
 * another one.
 * @see https://experienceleague.adobe.com/en/docs/analytics/implementation/vars/config-vars/currencycode
 */
export function isCurrency(code: string): boolean {
  known ??= new Set([...Intl.supportedValuesOf('currency'), ...others.split(' ')])
  return known.has(code)
}
