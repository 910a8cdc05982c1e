/* SPDX-License-Identifier: Apache-2.0 */
/* The self-signed certificate of an attestation key. Stations 5 and 10. Pure. [RFC 5280 4.1, 4.2.1; RFC 5480]
 */
#include "gp/attestation/attestation.h"

#include <string.h>

#include "base/ber.h"

enum {
    SEQUENCE = 0x30,
    SET = 0x31,
    INTEGER = 0x02,
    BIT_STRING = 0x03,
    OCTET_STRING = 0x04,
    UTF8 = 0x0C,
    UTC_TIME = 0x17,
    VERSION = 0xA0,
    EXTENSIONS = 0xA3,
    NAME_MAX_CHARACTERS = 64,
    TIME_CHARACTERS = 13,
};

static const uint8_t ecdsa_sha256[] = {0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86,
                                       0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};
static const uint8_t ec_p256[] = {0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                                  0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
static const uint8_t common_name[] = {0x06, 0x03, 0x55, 0x04, 0x03};
static const uint8_t subject_key_id[] = {0x06, 0x03, 0x55, 0x1D, 0x0E};
/* Key usage, critical: digitalSignature. */
static const uint8_t key_usage[] = {0x30, 0x0E, 0x06, 0x03, 0x55, 0x1D, 0x0F, 0x01,
                                    0x01, 0xFF, 0x04, 0x04, 0x03, 0x02, 0x07, 0x80};

static enum tsm_err write_name(struct writer *w, const char *name)
{
    size_t outer, set, pair;
    TRY(ber_open(w, SEQUENCE, &outer));
    TRY(ber_open(w, SET, &set));
    TRY(ber_open(w, SEQUENCE, &pair));
    TRY(write_span(w, BYTES(common_name)));
    TRY(ber_write(w, UTF8, bytes_of_text(name)));
    TRY(ber_close(w, pair));
    TRY(ber_close(w, set));
    return ber_close(w, outer);
}

static enum tsm_err write_validity(struct writer *w, const struct attestation_subject *s)
{
    size_t mark;
    TRY(ber_open(w, SEQUENCE, &mark));
    TRY(ber_write(w, UTC_TIME, bytes_of_text(s->from)));
    TRY(ber_write(w, UTC_TIME, bytes_of_text(s->until)));
    return ber_close(w, mark);
}

static enum tsm_err write_bits(struct writer *w, struct bytes bits)
{
    size_t mark;
    TRY(ber_open(w, BIT_STRING, &mark));
    TRY(write_u8(w, 0));
    TRY(write_span(w, bits));
    return ber_close(w, mark);
}

static enum tsm_err write_key(struct writer *w, struct bytes point)
{
    size_t mark;
    TRY(ber_open(w, SEQUENCE, &mark));
    TRY(write_span(w, BYTES(ec_p256)));
    TRY(write_bits(w, point));
    return ber_close(w, mark);
}

static enum tsm_err write_extensions(struct writer *w, const struct attestation_subject *s)
{
    size_t outer, list, one, value;
    TRY(ber_open(w, EXTENSIONS, &outer));
    TRY(ber_open(w, SEQUENCE, &list));
    TRY(ber_open(w, SEQUENCE, &one));
    TRY(write_span(w, BYTES(subject_key_id)));
    TRY(ber_open(w, OCTET_STRING, &value));
    TRY(ber_write(w, OCTET_STRING, BYTES(s->key_id)));
    TRY(ber_close(w, value));
    TRY(ber_close(w, one));
    TRY(write_span(w, BYTES(key_usage)));
    TRY(ber_close(w, list));
    return ber_close(w, outer);
}

/* A positive number: its first bit is taken away. */
static enum tsm_err write_serial(struct writer *w, const uint8_t serial[CERTIFICATE_SERIAL])
{
    uint8_t positive[CERTIFICATE_SERIAL];
    memcpy(positive, serial, sizeof positive);
    positive[0] = (uint8_t)((positive[0] & 0x7F) | 0x40);
    return ber_write(w, INTEGER, BYTES(positive));
}

static enum tsm_err write_members(struct writer *w, const struct attestation_subject *s)
{
    static const uint8_t version_3[] = {INTEGER, 1, 2};
    TRY(ber_write(w, VERSION, BYTES(version_3)));
    TRY(write_serial(w, s->serial));
    TRY(write_span(w, BYTES(ecdsa_sha256)));
    TRY(write_name(w, s->name));
    TRY(write_validity(w, s));
    TRY(write_name(w, s->name));
    TRY(write_key(w, s->point));
    return write_extensions(w, s);
}

enum tsm_err attestation_certificate_body(const struct attestation_subject *s, struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    NEED(s->name[0] && strlen(s->name) <= NAME_MAX_CHARACTERS, BAD_LENGTH);
    NEED(strlen(s->from) == TIME_CHARACTERS && strlen(s->until) == TIME_CHARACTERS, BAD_LENGTH);
    TRY(ber_open(&at, SEQUENCE, &mark));
    TRY(write_members(&at, s));
    TRY(ber_close(&at, mark));
    *w = at;
    return TSM_OK;
}

enum tsm_err attestation_certificate(struct bytes body, struct bytes signature, struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    TRY(ber_open(&at, SEQUENCE, &mark));
    TRY(write_span(&at, body));
    TRY(write_span(&at, BYTES(ecdsa_sha256)));
    TRY(write_bits(&at, signature));
    TRY(ber_close(&at, mark));
    *w = at;
    return TSM_OK;
}
