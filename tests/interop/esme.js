// SPDX-License-Identifier: Apache-2.0
// An ESME made of the npm package smpp: binds, sends one secured packet to a UICC, waits for receipt and proof. Test
// code. node esme.js HOST PORT MSISDN PACKET-HEX (with its user data header); prints one JSON object a line.
'use strict';
const smpp = require('smpp');

const [host, port, msisdn, hex] = process.argv.slice(2);
const PATIENCE_MS = 20000;
const BINARY = 0xF6, SIM_DOWNLOAD = 0x7F, UDHI = 0x40;
const packet = Buffer.from(hex, 'hex');
const headerEnd = packet[0] + 1;
const waiting = new Set(['receipt', 'proof']);

function say(event) {
    process.stdout.write(JSON.stringify(event) + '\n');
}

function end(session) {
    session.unbind({}, (pdu) => { say({ unbound: pdu.command_status }); session.close(); process.exit(0); });
}

const session = smpp.connect({ url: `smpp://${host}:${port}` }, () => {
    session.bind_transceiver({ system_id: 'npm', password: '', interface_version: 0x34 }, (bind) => {
        say({ bound: bind.command_status, system_id: bind.system_id });
        session.enquire_link({}, (link) => say({ enquire_link: link.command_status }));
        session.submit_sm({
            source_addr: '8899', destination_addr: msisdn, dest_addr_ton: 1, dest_addr_npi: 1, esm_class: UDHI,
            protocol_id: SIM_DOWNLOAD, data_coding: BINARY, registered_delivery: 1,
            short_message: { udh: packet.subarray(0, headerEnd), message: packet.subarray(headerEnd) },
        }, (sent) => say({ submitted: sent.command_status, message_id: sent.message_id }));
    });
});
session.on('deliver_sm', (pdu) => {
    const is = pdu.esm_class & 0x04 ? 'receipt' : 'proof';
    const udh = (pdu.short_message.udh || []).map((part) => part.toString('hex')).join('');
    const message = pdu.short_message.message;
    session.send(pdu.response());
    say({ [is]: is === 'receipt' ? message.toString('latin1') : Buffer.from(message).toString('hex'), udh });
    waiting.delete(is);
    if (!waiting.size)
        end(session);
});
session.on('error', (e) => { say({ error: e.message }); process.exit(1); });
setTimeout(() => { say({ error: `nothing came: ${[...waiting]}` }); process.exit(1); }, PATIENCE_MS).unref();
