// Serves an emulator on loopback: `node serve.mjs EMULATE OPTIONS`. Says where on its first line, and ends with its standard input.
//
// There, a line is a command that is answered with a line: `advance SECONDS` moves the clock, which stands still otherwise, and
// `requests` tells the requests that were answered since it was told last.

import { readFileSync } from "node:fs";
import http from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";

const [emulate, file] = process.argv.slice(2);
const options = JSON.parse(readFileSync(file, "utf8"));

const SystemDate = Date;
let now = SystemDate.now();
globalThis.Date = new Proxy(SystemDate, {
  apply: () => new SystemDate(now).toString(),
  construct: (date, given) => new date(...(given.length > 0 ? given : [now])),
  get: (date, name) => (name === "now" ? () => now : Reflect.get(date, name)),
});

// What the real services have and the emulator lacks. `request` rewrites a request, and `answer` the JSON of a successful answer.
const additions = {
  github: [
    {
      // Accounts are asked for by number. The emulator can only list those that come after one.
      method: "GET",
      path: /^\/user\/(\d+)$/,
      request: (request, [, id]) => Object.assign(request, { url: `/users?since=${id - 1}&per_page=1` }),
      answer: (users, response, [, id]) => {
        response.removeHeader("link");
        if (users[0]?.id === Number(id)) return users[0];
        response.statusCode = 404;
        return { message: "Not Found" };
      },
    },
    {
      // The members of child teams are listed with those of their parents, and marked. The emulator lists a team's own.
      method: "GET",
      path: /^\/orgs\/[^/]+\/teams\/[^/]+\/members(\?|$)/,
      answer: (members) => members.map((member) => ({ ...member, inherited: false })),
    },
    {
      // The same as removing the member, where there are no invitations to be cancelled.
      method: "DELETE",
      path: /^\/orgs\/([^/]+)\/memberships\/([^/]+)$/,
      request: (request, [, org, login]) => Object.assign(request, { url: `/orgs/${org}/members/${login}` }),
    },
  ],
  slack: [
    {
      // There are no user groups.
      method: "GET",
      path: /^\/api\/usergroups\.list(\?|$)/,
      request: (request) => form(request, "/api/auth.test", ""),
      answer: ({ ok, error }) => (ok ? { ok, usergroups: [] } : { ok, error }),
    },
    {
      // Every method takes GET as well.
      method: "GET",
      path: /^(\/api\/[^?]+)\??(.*)$/,
      request: (request, [, path, query]) => form(request, path, query),
    },
  ],
  okta: [],
}[options.service];

function form({ headers }, url, body) {
  const type = { "content-type": "application/x-www-form-urlencoded", "content-length": String(Buffer.byteLength(body)) };
  return Object.assign(Readable.from([Buffer.from(body)]), { method: "POST", url, headers: { ...headers, ...type } });
}

// Holds the body back until it is whole.
function rewrite(response, change) {
  const { end } = response;
  const parts = [];
  response.write = (part) => parts.push(part);
  response.end = () => {
    let body = Buffer.concat(parts);
    if (response.statusCode === 200) body = JSON.stringify(change(JSON.parse(body.toString())));
    end.call(response, body);
  };
}

const answered = [];
const { createServer } = http;
http.createServer = (listener) => {
  const server = createServer((request, response) => {
    const { method, url } = request;
    const addition = additions.find((addition) => addition.method === method && addition.path.test(url));
    const match = addition?.path.exec(url);
    response.setHeader("Date", new Date().toUTCString());
    response.on("finish", () => answered.push({ method, path: url, status: response.statusCode }));
    if (addition?.answer) rewrite(response, (body) => addition.answer(body, response, match));
    listener(addition?.request?.(request, match) ?? request, response);
  });
  // A client that is slow, because the machine is, must not find its connection closed.
  server.keepAliveTimeout = 0;
  return server;
};
syncBuiltinESMExports();

const { createEmulator } = await import(pathToFileURL(emulate));
const emulator = await createEmulator({ ...options, port: 0 });

const commands = {
  advance: (seconds) => {
    now += Number(seconds) * 1000;
    return "advanced";
  },
  requests: () => JSON.stringify(answered.splice(0)),
};
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [name, argument] = line.split(" ");
    console.log(commands[name](argument));
  })
  .on("close", () => process.exit(0));
console.log(`http://127.0.0.1:${new URL(emulator.url).port}`);
