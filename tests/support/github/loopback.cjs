// The emulator listens on every address of the machine unless it is told otherwise, and has no option for it.
const { Server } = require('node:net');
const listen = Server.prototype.listen;
Server.prototype.listen = function (first, ...rest) {
  if (typeof first === 'number') {
    return listen.call(this, { port: first, host: '127.0.0.1' }, ...rest.filter((each) => typeof each === 'function'));
  }
  if (first !== null && typeof first === 'object') return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest);
  return listen.call(this, first, ...rest);
};
