/**
 * The one stylesheet of all pages. Colours have a contrast of at least 4.5 to 1 in both schemes; nothing is told by
 * colour alone.
 */
export const stylesheet = `
:root{color-scheme:light dark;--back:#fff;--card:#f6f8fa;--text:#1b1f24;--soft:#4f5963;--line:#c9d1d9;--accent:#0a58a8;--on-accent:#fff;--good:#0f5f28;--warn:#7a4b00;--bad:#a0111f}
@media (prefers-color-scheme:dark){:root{--back:#11151a;--card:#1a2027;--text:#e8edf2;--soft:#a9b4bf;--line:#3a444e;--accent:#8bc2ff;--on-accent:#0a1420;--good:#6bd58a;--warn:#f0c44c;--bad:#ff9d98}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
header,main,footer{max-width:72rem;margin:0 auto;padding:0 1rem}
header{padding-top:.5rem}footer{padding-bottom:1rem}
main.message{max-width:38rem;margin-top:12vh;font-size:1.1rem}
h1{font-size:1.5rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.25rem;line-height:1.25;margin:0}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
p{margin:.35rem 0}
a{color:var(--accent)}
section{border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
.soft,figcaption,footer{color:var(--soft)}
.badge{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .6rem;font-size:.875rem;font-weight:600;white-space:nowrap}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
.notice{border-left:.3rem solid var(--accent);background:var(--card);padding:.6rem 1rem;margin:1rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
td.number,th.number{text-align:right}
td.code,code{overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.15rem 1rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--card);border:1px solid var(--line);border-radius:.25rem;padding:.5rem;margin:.25rem 0 .75rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.875rem}
details{margin:.5rem 0}summary{cursor:pointer}
form{margin:.25rem 0}
ul.choices{list-style:none;padding:0;margin:.25rem 0}
ul.choices li{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .75rem;margin:.5rem 0}
ul.choices li span{flex:1 1 14rem}
.title{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem .75rem}
.title form{margin:0 0 0 auto}
label{display:block;margin:.5rem 0}
input{display:block;width:100%;max-width:24rem;font:inherit;color:inherit;background:var(--back);border:1px solid var(--soft);border-radius:.25rem;padding:.35rem .5rem}
button,.button{display:inline-block;font:inherit;font-weight:600;color:var(--on-accent);background:var(--accent);border:1px solid var(--accent);border-radius:.35rem;padding:.35rem .9rem;min-height:2.5rem;cursor:pointer;text-decoration:none}
button.plain{background:transparent;color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--back);padding:.25rem .5rem}
figure{margin:.5rem 0}
svg{display:block;width:100%;height:6rem;background:var(--card);border-radius:.25rem}
svg .bar{fill:var(--accent)}
.ends{display:flex;justify-content:space-between;font-size:.875rem;color:var(--soft)}
`
