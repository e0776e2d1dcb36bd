// express-pouchdb as the hub. Run with: node pouchdb_server.js MODULES FOLDER PORT
const path = require('path');
const { createRequire } = require('module');

const [modules, folder, port] = process.argv.slice(2);
const need = createRequire(path.join(modules, 'package.json'));
const PouchDB = need('pouchdb').defaults({ prefix: `${folder}/` });
const settings = {
  mode: 'minimumForPouchDB', configPath: path.join(folder, 'config.json'), logPath: path.join(folder, 'log.txt'),
};
const app = need('express')();
app.use('/', need('express-pouchdb')(PouchDB, settings));
app.listen(Number(port), '127.0.0.1');
