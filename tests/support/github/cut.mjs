// Cuts GitHub's own description of its interface to what tidegate asks for: run by hand, its result is kept here,
// since the package is 400 MB.   npm install --no-save @octokit/openapi@23.0.2 && node cut.mjs > openapi.json
import { readFileSync } from 'node:fs';

const whole = JSON.parse(readFileSync('node_modules/@octokit/openapi/generated/api.github.com.json', 'utf8'));
const wanted = {
  '/user': ['get'],
  '/app': ['get'],
  '/repos/{owner}/{repo}/installation': ['get'],
  '/app/installations/{installation_id}/access_tokens': ['post'],
  '/repos/{owner}/{repo}/pulls': ['get'],
  '/repos/{owner}/{repo}/pulls/{pull_number}': ['get'],
  '/repos/{owner}/{repo}/issues/{issue_number}/labels': ['post'],
  '/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}': ['delete'],
  '/repos/{owner}/{repo}/issues/{issue_number}/comments': ['get', 'post'],
  '/repos/{owner}/{repo}/issues/comments/{comment_id}': ['patch', 'delete'],
  '/repos/{owner}/{repo}/statuses/{sha}': ['post'],
  '/repos/{owner}/{repo}/deployments': ['get', 'post'],
  '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses': ['post'],
};

const components = {};
// Requests are what is checked: of answers only the status is kept.
function cut(node) {
  if (Array.isArray(node)) return node.map(cut);
  if (node === null || typeof node !== 'object') return node;
  if (typeof node.$ref === 'string') keep(node.$ref);
  const out = {};
  for (const [key, value] of Object.entries(node)) {
    const said = typeof value === 'string' || Array.isArray(value) || key === 'examples';
    if ((key === 'description' || key === 'example' || key === 'examples') && (said || key === 'example')) continue;
    if (key === 'externalDocs' || key.startsWith('x-')) continue;
    out[key] = cut(value);
  }
  return out;
}

function keep(ref) {
  const [, , kind, name] = ref.split('/');
  components[kind] ??= {};
  if (components[kind][name] !== undefined) return;
  components[kind][name] = {};
  components[kind][name] = cut(whole.components[kind][name]);
}

const paths = {};
for (const [path, methods] of Object.entries(wanted)) {
  paths[path] = {};
  for (const method of methods) {
    const operation = whole.paths[path][method];
    const responses = {};
    for (const status of Object.keys(operation.responses)) responses[status] = { description: '' };
    paths[path][method] = { ...cut({ ...operation, responses: {} }), responses };
  }
}
process.stdout.write(JSON.stringify({ openapi: whole.openapi, info: { title: whole.info.title, version: whole.info.version },
  servers: [{ url: 'https://api.github.com' }], paths, components }, null, 1) + '\n');
