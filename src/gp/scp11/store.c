/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate stores, authorities and allowlists of SCP11. Stations 5 and 7. Pure. [AmdF 7.2, 7.4, 7.8
 * to 7.10]
 */
#include "gp/scp11/store.h"

#include "gp/certificate/certificate.h"
#include "gp/command/command.h"
#include "gp/tlv.h"

enum {
    TAG_CRT = 0xA6,
    TAG_KEY = 0x83,
    TAG_CA = 0x42,
    TAG_ROLE = 0x80, /* 0 CA-KLOC, 1 CA-KLCC */
    TAG_STORE = 0xBF21,
    TAG_COUNTER = 0x92,
    TAG_ALLOWLIST = 0x70,
    TAG_SERIAL = 0x93,
    TAG_KLOC = 0xFF33,
    TAG_KLCC = 0xFF34,
    KEY_LEN = 2,
    CA_MAX = 127,
};

static enum tsm_err write_key(const struct scp11_key_ref *key, struct writer *w)
{
    const uint8_t number[KEY_LEN] = {key->kid, key->kvn};
    return tlv_write(w, TAG_KEY, BYTES(number));
}

/* A6 with the key's numbers. */
static enum tsm_err write_reference(const struct scp11_key_ref *key, struct writer *w)
{
    size_t mark;
    NEED(key->ca.len == 0, BAD_VALUE);
    TRY(tlv_open(w, TAG_CRT, &mark));
    TRY(write_key(key, w));
    return tlv_close(w, mark);
}

enum tsm_err scp11_get_certificates_write(const struct scp11_key_ref *key, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark, crt;
    NEED(key->ca.len <= CA_MAX, BAD_LENGTH);
    TRY(command_open(&at, INS_GET_DATA, TAG_STORE >> 8, TAG_STORE & 0xFF, &mark));
    TRY(tlv_open(&at, TAG_CRT, &crt));
    TRY(key->ca.len ? tlv_write(&at, TAG_CA, key->ca) : write_key(key, &at));
    TRY(tlv_close(&at, crt));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}

enum tsm_err scp11_certificates_read(struct bytes data, struct bytes *chain)
{
    struct reader r = READER(data);
    struct tlv t;
    TRY(tlv_next(&r, &t));
    NEED(t.tag == TAG_STORE, BAD_VALUE);
    TRY(read_end(&r));
    NEED(t.value.len != 0, MISSING_FIELD);
    *chain = t.value;
    return TSM_OK;
}

enum tsm_err scp11_certificates_write(const struct scp11_key_ref *key, struct bytes chain, struct writer *w)
{
    struct writer at = *w;
    NEED(chain.len != 0, MISSING_FIELD);
    TRY(write_reference(key, &at));
    TRY(tlv_write(&at, TAG_STORE, chain));
    *w = at;
    return TSM_OK;
}

static uint32_t tag_of(enum scp11_authority which)
{
    return which == SCP11_CA_KLOC ? TAG_KLOC : TAG_KLCC;
}

enum tsm_err scp11_get_authorities_write(enum scp11_authority which, struct writer *capdu)
{
    struct writer at = *capdu;
    uint32_t tag = tag_of(which);
    size_t mark;
    TRY(command_open(&at, INS_GET_DATA, (uint8_t)(tag >> 8), (uint8_t)tag, &mark));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}

enum tsm_err scp11_authorities_open(struct bytes data, enum scp11_authority which, struct reader *list)
{
    struct reader r = READER(data);
    struct tlv t;
    TRY(tlv_next(&r, &t));
    NEED(t.tag == tag_of(which), BAD_VALUE);
    TRY(read_end(&r));
    *list = (struct reader){t.value};
    return TSM_OK;
}

enum tsm_err scp11_authority_next(struct reader *list, struct scp11_key_ref *out)
{
    struct reader at = *list;
    struct tlv ca, key;
    TRY(tlv_next(&at, &ca));
    NEED(ca.tag == TAG_CA, BAD_VALUE);
    NEED(ca.value.len >= 1 && ca.value.len <= CA_MAX, BAD_LENGTH);
    TRY(tlv_next(&at, &key));
    NEED(key.tag == TAG_KEY, BAD_VALUE);
    NEED(key.value.len == KEY_LEN, BAD_LENGTH);
    *list = at;
    *out = (struct scp11_key_ref){key.value.at[0], key.value.at[1], ca.value};
    return TSM_OK;
}

enum tsm_err scp11_authority_write(enum scp11_authority which, const struct scp11_key_ref *key,
                                   struct writer *w)
{
    struct writer at = *w;
    size_t mark;
    NEED(key->ca.len >= 1 && key->ca.len <= CA_MAX, BAD_LENGTH);
    TRY(tlv_open(&at, TAG_CRT, &mark));
    TRY(tlv_write_u8(&at, TAG_ROLE, which));
    TRY(tlv_write(&at, TAG_CA, key->ca));
    TRY(write_key(key, &at));
    TRY(tlv_close(&at, mark));
    *w = at;
    return TSM_OK;
}

enum tsm_err scp11_allowlist_write(const struct scp11_key_ref *key, const struct scp11_allowlist *list,
                                   struct writer *w)
{
    const uint8_t counter[] = {(uint8_t)(list->counter >> 8), (uint8_t)list->counter};
    struct writer at = *w;
    size_t mark;
    if (list->count == 0)
        return FAIL(BAD_VALUE, "an empty allowlist lets every certificate of the authority in");
    NEED(list->counter <= SCP11_ALLOWLIST_COUNTER_MAX, BAD_VALUE);
    TRY(write_reference(key, &at));
    if (list->counter)
        TRY(tlv_write(&at, TAG_COUNTER, BYTES(counter)));
    TRY(tlv_open(&at, TAG_ALLOWLIST, &mark));
    for (size_t i = 0; i < list->count; i++) {
        NEED(list->serial[i].len >= 1 && list->serial[i].len <= CERTIFICATE_ID_READ_MAX, BAD_LENGTH);
        TRY(tlv_write(&at, TAG_SERIAL, list->serial[i]));
    }
    TRY(tlv_close(&at, mark));
    *w = at;
    return TSM_OK;
}
