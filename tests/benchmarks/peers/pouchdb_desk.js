// PouchDB as a desk: an event is a document. Run with: node pouchdb_desk.js MODULES WORK CHANGES FOLDER URL
const fs = require('fs');
const path = require('path');
const readline = require('readline');
const { createRequire } = require('module');

const [modules, work, changes, folder, url] = process.argv.slice(2);
const PouchDB = createRequire(path.join(modules, 'package.json'))('pouchdb');
const BATCH = 1000; // the default of 100 takes more round-trips

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

function documents(file) {
  return fs.readFileSync(file, 'utf8').trim().split('\n').map((line) => {
    const { seq, payload, ...event } = JSON.parse(line);
    return { _id: String(seq).padStart(8, '0'), ...event, ...JSON.parse(payload) };
  });
}

async function step(name, doing) {
  const began = performance.now();
  await doing();
  console.log(JSON.stringify({ step: name, seconds: (performance.now() - began) / 1000, sizes: null }));
  await lines.next();
}

async function main() {
  const desk = new PouchDB(path.join(folder, 'desk'));
  const send = () => desk.replicate.to(url, { batch_size: BATCH });
  await desk.bulkDocs(documents(work));
  console.log('{}');
  await lines.next();
  await step('first', send);
  await desk.bulkDocs(documents(changes));
  await step('changes', send);
  await step('nothing', send);
  process.exit(0);
}

main();
