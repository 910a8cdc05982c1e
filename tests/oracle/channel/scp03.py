# SPDX-License-Identifier: Apache-2.0
"""Secure Channel Protocol '03', off-card side, S8 and S16, AES-128, 192 and 256 (pure).

Amendment D 1.1.1; S16 (16-octet challenges, cryptograms and MACs) is Amendment D 1.2.
"""
from channel.apdu import base_cla, is_error, secure_cla
from channel.keys import aes_cbc, aes_cbc_decrypt, aes_cmac, aes_ecb, derive_sp800_108, encrypt_key, pad, unpad

C_MAC, C_ENC, R_MAC, R_ENC = 0x01, 0x02, 0x10, 0x20
LEVELS = (0x00, 0x01, 0x03, 0x11, 0x13, 0x33)  # Table 7-3
I_S16, I_PSEUDO_RANDOM, I_R_MAC, I_R_ENC = 0x01, 0x10, 0x20, 0x40  # Table 5-1
CARD_CRYPTOGRAM, HOST_CRYPTOGRAM, CARD_CHALLENGE = 0x00, 0x01, 0x02  # Table 4-1
S_ENC, S_MAC, S_RMAC = 0x04, 0x06, 0x07


class Scp03:
    """One session. The host decides between S8 and S16 before the first octet, by the length of its challenge."""
    protocol = 3

    def __init__(self, enc, mac, dek, s16=False):
        self.enc, self.mac, self.static_dek = enc, mac, dek
        self.mac_length = self.host_challenge_length = 16 if s16 else 8
        self.level = None

    def open(self, host_challenge, answer):
        """Reads the INITIALIZE UPDATE answer (Table 7-2); ValueError when the card cryptogram is wrong."""
        n = self.mac_length
        if len(answer) < 13 + 2 * n or answer[11] != 3:
            raise ValueError("not an SCP03 answer of this size")
        self.kdd, self.kvn, self.i = answer[:10], answer[10], answer[12]
        self.card_challenge, received, self.sequence = answer[13:13 + n], answer[13 + n:13 + 2 * n], answer[13 + 2 * n:]
        if len(self.sequence) != (3 if self.i & I_PSEUDO_RANDOM else 0):
            raise ValueError("sequence counter does not fit i")
        self._derive(host_challenge + self.card_challenge)
        self.card_cryptogram = self._cryptogram(CARD_CRYPTOGRAM)
        if self.card_cryptogram != received:
            raise ValueError("card cryptogram")
        self.host_cryptogram = self._cryptogram(HOST_CRYPTOGRAM)
        self.begin(bytes(16))

    def _derive(self, context):
        bits = 8 * len(self.enc)
        self.context = context
        self.s_enc = derive_sp800_108(self.enc, S_ENC, context, bits)
        self.s_mac = derive_sp800_108(self.mac, S_MAC, context, bits)
        self.s_rmac = derive_sp800_108(self.mac, S_RMAC, context, bits)

    def _cryptogram(self, constant):
        return derive_sp800_108(self.s_mac, constant, self.context, 8 * self.mac_length)

    def begin(self, chain):
        """MAC chaining value and encryption counter at the start of a session."""
        self.chain, self.counter = chain, 0

    def pseudo_random_challenge(self, sequence, aid):
        """6.2.2.1: the card challenge when i says it is pseudo-random."""
        return derive_sp800_108(self.enc, CARD_CHALLENGE, sequence + aid, 8 * self.mac_length)

    def external_authenticate(self, level, command):
        """Completes the command (80 82 level 00) with host cryptogram and C-MAC."""
        wrapped = self._sign(command.with_data(self.host_cryptogram))
        self.level = level
        return wrapped

    def _sign(self, command):
        """6.2.4: over the chaining value, the header with Lc counting the MAC, and the data field."""
        cla = secure_cla(base_cla(command.cla))
        header = bytes([cla]) + command.header(len(command.data) + self.mac_length)[1:]
        self.chain = aes_cmac(self.s_mac, self.chain + header + command.data)
        return command.with_data(command.data + self.chain[:self.mac_length], secure_cla(command.cla))

    def _icv(self, response):
        block = self.counter.to_bytes(16, "big")
        return aes_ecb(self.s_enc, (b"\x80" + block[1:]) if response else block)

    def wrap(self, command):
        if not self.level & C_MAC:
            return command
        self.counter += 1  # 6.2.6: also for a command without data
        if self.level & C_ENC and command.data:
            command = command.with_data(aes_cbc(self.s_enc, pad(command.data, 16), self._icv(False)))
        return self._sign(command)

    def unwrap(self, command, data, sw):
        """6.2.5, 6.2.7: nothing protects an error status word; otherwise R-MAC, then R-DECRYPTION of data."""
        if not self.level & R_MAC:
            return data
        if is_error(sw):
            if data:
                raise ValueError("data in front of an error status word")
            return data
        n = self.mac_length
        if len(data) < n:
            raise ValueError("R-MAC is missing")
        body, received = data[:-n], data[-n:]
        if aes_cmac(self.s_rmac, self.chain + body + sw.to_bytes(2, "big"))[:n] != received:
            raise ValueError("R-MAC")
        if self.level & R_ENC and body:
            body = unpad(aes_cbc_decrypt(self.s_enc, body, self._icv(True)))
        return body

    def wrap_key(self, key):
        return encrypt_key(3, self.static_dek, key)

    @property
    def dek(self):
        """PUT KEY uses the static key (6.2.8)."""
        return self.static_dek

    def block_size(self):
        """The most plain octets in one short command."""
        room = 255 - self.mac_length
        return room // 16 * 16 - 1 if self.level & C_ENC else room
