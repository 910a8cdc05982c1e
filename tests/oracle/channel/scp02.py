# SPDX-License-Identifier: Apache-2.0
"""Secure Channel Protocol '02', off-card side, explicit initiation (pure): GPCS 2.3.1 appendix E."""
from channel.apdu import base_cla, is_error, secure_cla
from channel.keys import des_cbc, encrypt_key, mac_full_3des, mac_retail, pad

C_MAC, C_ENC, R_MAC = 0x01, 0x02, 0x10
LEVELS = (0x00, 0x01, 0x03, 0x10, 0x11, 0x13)  # Table E-11
I_UNMODIFIED, I_ICV_ENCRYPTION, I_R_MAC, I_WELL_KNOWN_CHALLENGE = 0x02, 0x10, 0x20, 0x40  # Table E-1
ENC, MAC, RMAC, DEK = b"\x01\x82", b"\x01\x01", b"\x01\x02", b"\x01\x81"  # derivation constants, E.4.1


class Scp02:
    """One session. enc, mac and dek are the static keys; i is known beforehand, the card does not tell it."""
    protocol, host_challenge_length, mac_length = 2, 8, 8

    def __init__(self, enc, mac, dek, i=0x55):
        self.static = {"enc": enc, "mac": mac, "dek": dek}
        self.i = i
        self.level = None

    def derive(self, name, constant):
        return des_cbc(self.static[name], constant + self.sequence + bytes(12))

    def open(self, host_challenge, answer):
        """Reads the INITIALIZE UPDATE answer (Table E-8); ValueError when the card cryptogram is wrong."""
        if len(answer) != 28 or answer[11] != 2:
            raise ValueError("not an SCP02 answer")
        self.kdd, self.kvn = answer[:10], answer[10]
        self.sequence, self.card_challenge = answer[12:14], answer[14:20]
        self.host_challenge = host_challenge
        self.s_enc, self.s_mac = self.derive("enc", ENC), self.derive("mac", MAC)
        self.s_rmac, self.s_dek = self.derive("mac", RMAC), self.derive("dek", DEK)
        self.card_cryptogram = mac_full_3des(self.s_enc, host_challenge + self.sequence + self.card_challenge)
        if self.card_cryptogram != answer[20:28]:
            raise ValueError("card cryptogram")
        self.host_cryptogram = mac_full_3des(self.s_enc, self.sequence + self.card_challenge + host_challenge)
        self.icv = None  # None: the first ICV of the session, zero and not encrypted (E.3.2, E.3.4)

    def well_known_challenge(self, aid):
        """E.4.2.3: the card challenge when i says it is pseudo-random."""
        return mac_retail(self.s_mac, aid)[:6]

    def external_authenticate(self, level, command):
        """Completes the command (80 82 level 00) with host cryptogram and C-MAC."""
        wrapped = self._sign(command.with_data(self.host_cryptogram), encrypt=False)
        self.level, self.r_icv = level, self.icv
        return wrapped

    def _next_icv(self):
        if self.icv is None:
            return bytes(8)
        if self.i & I_ICV_ENCRYPTION:
            return des_cbc(self.s_mac[:8], self.icv)
        return self.icv

    def _sign(self, command, encrypt):
        plain = command.data
        if self.i & I_UNMODIFIED:
            header = bytes([base_cla(command.cla)]) + command.header(len(plain))[1:]
        else:
            header = bytes([secure_cla(base_cla(command.cla))]) + command.header(len(plain) + 8)[1:]
        self.icv = mac_retail(self.s_mac, header + plain, self._next_icv())
        body = des_cbc(self.s_enc, pad(plain, 8)) if encrypt and plain else plain
        return command.with_data(body + self.icv, secure_cla(command.cla))

    def wrap(self, command):
        if not self.level & C_MAC:
            return command
        return self._sign(command, bool(self.level & C_ENC))

    def unwrap(self, command, data, sw):
        """Checks and strips the R-MAC (E.4.5): it is there on every status word and always chains."""
        if not self.level & R_MAC:
            return data
        if len(data) < 8:
            raise ValueError("R-MAC is missing")
        body, received = data[:-8], data[-8:]
        shown = b"" if is_error(sw) else body
        block = (bytes([base_cla(command.cla)]) + command.header(len(command.data))[1:] + command.data +
                 bytes([len(shown) & 0xFF]) + shown + sw.to_bytes(2, "big"))
        self.r_icv = mac_retail(self.s_rmac, block, self.r_icv)
        if received != self.r_icv:
            raise ValueError("R-MAC")
        return body

    def wrap_key(self, key):
        return encrypt_key(2, self.s_dek, key)

    @property
    def dek(self):
        """PUT KEY uses the session key (E.4.7)."""
        return self.s_dek

    def block_size(self):
        """The most plain octets in one short command."""
        return 239 if self.level & C_ENC else 247
