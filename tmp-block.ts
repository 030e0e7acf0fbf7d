import { INTERRUPTED_KINDS } from './test/app/run/interrupted-kinds.ts';
import { freshFolder, listener } from './test/app/run-folders.ts';
const cpu = () => { const c = process.cpuUsage(); return (c.user + c.system) / 1e6; };
for (const kind of INTERRUPTED_KINDS.filter(k=>process.argv.slice(2).some(a=>k.name.includes(a)))) {
  for (let i=0;i<2;i++){
  let last = cpu(), max = 0, on = true, lastEvent = '', at='';
  const tick = () => { const now = cpu(); if (now - last > max) { max = now - last; at = lastEvent; } last = now; if (on) setImmediate(tick); };
  setImmediate(tick);
  await kind.start(freshFolder(), kind.limits, listener((e) => { lastEvent = e.kind + ' ' + JSON.stringify(e).slice(0,60); }));
  on = false;
  console.log(kind.name, i, 'longest turn cpu s', max.toFixed(2), 'after', at);
  }
}
