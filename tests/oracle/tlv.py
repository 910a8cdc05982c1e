# SPDX-License-Identifier: Apache-2.0
"""BER-TLV with definite lengths, as GPCS 2.3.1 uses it (pure)."""


def length(count):
    """The length octets of count."""
    if count < 0x80:
        return bytes([count])
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def make(tag, value):
    """One data object; tag is a number such as 0x4F or 0x9F70."""
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + length(len(value)) + value


def parse(data):
    """The list of (tag, value) of concatenated data objects; ValueError when they do not fill data."""
    out, at = [], 0
    while at < len(data):
        start = at
        at += 1
        if data[start] & 0x1F == 0x1F:
            while data[at] & 0x80:
                at += 1
            at += 1
        tag = int.from_bytes(data[start:at], "big")
        count = data[at]
        at += 1
        if count >= 0x80:
            octets = count & 0x7F
            count = int.from_bytes(data[at:at + octets], "big")
            at += octets
        if at + count > len(data):
            raise ValueError(f"data object {tag:X} runs past its end")
        out.append((tag, data[at:at + count]))
        at += count
    return out


def first(data, tag, default=None):
    """The value of the first data object with this tag."""
    return next((value for found, value in parse(data) if found == tag), default)


def lv(value):
    """Length and value, the coding of the INSTALL data field."""
    return length(len(value)) + value
