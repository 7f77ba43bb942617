// Makes view.min.js (one script, no module, no request) and view.licences.txt (of every package in it).
import { build } from 'esbuild';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const result = await build({
  entryPoints: ['viewer.js'],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2020',
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  outfile: 'view.min.js',
});

const packages = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}
const texts = [];
for (const name of [...packages].sort()) {
  const folder = join('node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const readme = join(folder, 'README.md');
  let text = file ? readFileSync(join(folder, file), 'utf8') : '';
  if (!text && existsSync(readme)) text = readFileSync(readme, 'utf8').split(/^#+ *licen[cs]e.*$/im)[1] ?? '';
  texts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
}
writeFileSync('view.licences.txt', texts.join('\n' + '-'.repeat(70) + '\n'));
