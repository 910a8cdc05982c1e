// SPDX-License-Identifier: Apache-2.0
// A message centre made of the npm package smpp: ESMEs and handsets bind, short messages go from one to the other.
// Test code. Prints "listening 127.0.0.1:PORT", then one JSON object a line for what it saw.
'use strict';
const smpp = require('smpp');

const HANDSET = 'handset';
const DELIVERED = { stat: 'DELIVRD', err: '000' };
const handsets = new Map(); // number -> session
let esme = null;
let serial = 0;

function say(event) {
    process.stdout.write(JSON.stringify(event) + '\n');
}

// The package takes a user data header apart; on the wire it is one run of octets again.
function userData(pdu) {
    const parts = pdu.short_message.udh || [];
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const message = pdu.short_message.message;
    const body = Buffer.isBuffer(message) ? message : Buffer.from(message, 'latin1');
    return parts.length ? { udh: Buffer.concat([Buffer.from([length]), ...parts]), message: body } : { message: body };
}

function carry(to, pdu, done) {
    to.deliver_sm({
        source_addr_ton: pdu.source_addr_ton, source_addr_npi: pdu.source_addr_npi, source_addr: pdu.source_addr,
        dest_addr_ton: pdu.dest_addr_ton, dest_addr_npi: pdu.dest_addr_npi, destination_addr: pdu.destination_addr,
        esm_class: pdu.esm_class & 0x40, protocol_id: pdu.protocol_id, data_coding: pdu.data_coding,
        short_message: userData(pdu),
    }, done);
}

function receipt(session, pdu, id) {
    const text = `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:${DELIVERED.stat} ` +
        `err:${DELIVERED.err} text:`;
    session.deliver_sm({
        source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 0x04,
        short_message: { message: Buffer.from(text, 'latin1') },
    });
}

function fromEsme(session, pdu) {
    const id = `npm-${++serial}`;
    const to = handsets.get(pdu.destination_addr);
    session.send(pdu.response({ message_id: id }));
    say({ from: 'esme', to: pdu.destination_addr, protocol_id: pdu.protocol_id, data_coding: pdu.data_coding, esm_class: pdu.esm_class,
          octets: userData(pdu).message.length });
    if (to)
        carry(to, pdu, () => pdu.registered_delivery && receipt(session, pdu, id));
}

function fromHandset(session, pdu) {
    session.send(pdu.response({ message_id: `npm-${++serial}` }));
    say({ from: pdu.source_addr, to: 'esme', octets: userData(pdu).message.length });
    if (esme)
        carry(esme, pdu);
}

function bound(session, pdu) {
    const handset = pdu.system_type === HANDSET;
    session.isHandset = handset;
    if (handset)
        handsets.set(pdu.address_range, session);
    else
        esme = session;
    say({ bound: handset ? pdu.address_range : pdu.system_id, interface_version: pdu.interface_version });
    session.send(pdu.response({ system_id: 'npm-smpp' }));
}

const server = smpp.createServer({}, (session) => {
    session.on('error', () => {});
    session.on('bind_transceiver', (pdu) => bound(session, pdu));
    session.on('enquire_link', (pdu) => session.send(pdu.response()));
    session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
    session.on('submit_sm', (pdu) => (session.isHandset ? fromHandset : fromEsme)(session, pdu));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening 127.0.0.1:${server.address().port}\n`));
process.on('SIGTERM', () => process.exit(0));
