/* SPDX-License-Identifier: Apache-2.0 */
/* The contactless kernel of the laboratory's terminal: from SELECT PPSE to the first GENERATE AC, over any
 * reader given to it. Pure but for that reader. [EMV Contactless Book B, EMV 4.3 Books 1 and 3] */
#include "terminal/steps.h"

#include "terminal/data/afl.h"
#include "terminal/data/dol.h"
#include "terminal/data/tags.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_COMMAND = 261, SHORT_HEAD = 5, AIP_LEN = 2, ANSWER_FORMAT_1_MIN = 11, CRYPTOGRAM_FIELDS = 4 };

/* Behind the 83 of GET PROCESSING OPTIONS stands a length of one byte. */
enum { MAX_PDOL_DATA = 127, COMMAND_TEMPLATE = 0x83 };

enum { CID_TYPE = 0xC0, CID_ARQC = 0x80, P1_ARQC = 0x80, P1_COMBINED = 0x10 };

bool term_refuse(struct kernel *k, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    vsnprintf(k->out->reason, sizeof k->out->reason, why, args);
    va_end(args);
    k->out->result = TERM_REFUSED;
    return false;
}

bool term_refuse_sw(struct kernel *k, const char *why)
{
    k->out->sw = k->sw;
    return term_refuse(k, "%s (SW %04X)",
                       k->sw == TERM_SW_CONDITIONS ? "conditions of use not satisfied" : why, k->sw);
}

bool term_send(struct kernel *k, const uint8_t head[4], const void *data, size_t len)
{
    uint8_t command[MAX_COMMAND] = {head[0], head[1], head[2], head[3], (uint8_t)len};
    size_t size = len > 0 ? SHORT_HEAD + len + 1 : SHORT_HEAD;
    if (len > 0)
        memcpy(command + SHORT_HEAD, data, len);
    ssize_t got = k->reader->transmit(k->reader->card, command, size, k->answer);
    if (got < 2) {
        snprintf(k->out->reason, sizeof k->out->reason, "the card does not answer");
        k->out->result = TERM_NO_CARD;
        return false;
    }
    k->data = (struct term_bytes){k->answer, (size_t)got - 2};
    k->sw = (unsigned)k->answer[got - 2] << 8 | k->answer[got - 1];
    return true;
}

/* Initial data of the terminal [EMV Book 3 Annex A]. */
static void to_bcd(uint64_t number, uint8_t *out, size_t len)
{
    for (size_t i = len; i-- > 0; number /= 100)
        out[i] = (uint8_t)(number / 10 % 10 << 4 | number % 10);
}

static void put_terminal_data(struct kernel *k)
{
    const struct term_request *q = k->request;
    struct term_store *s = &k->out->data;
    uint8_t amount[6], currency[2];
    to_bcd(q->amount, amount, sizeof amount);
    to_bcd(q->currency, currency, sizeof currency);
    term_set(s, TAG_AMOUNT, amount, sizeof amount);
    term_set(s, TAG_AMOUNT_OTHER, "\0\0\0\0\0", 6);
    term_set(s, TAG_COUNTRY, "\x02\x76", 2);
    term_set(s, TAG_TVR, "\x80\0\0\0", 5); /* offline data authentication was not performed */
    term_set(s, TAG_CURRENCY, currency, sizeof currency);
    term_set(s, TAG_DATE, q->today, TERM_DATE);
    term_set(s, TAG_TRANSACTION_TYPE, "\0", 1); /* purchase */
    term_set(s, TAG_UNPREDICTABLE, q->unpredictable, TERM_UNPREDICTABLE);
    /* No CVM other than none; SDA, DDA and CDA where it has the scheme's key. */
    term_set(s, TAG_TERMINAL_CAPABILITIES, q->ca ? "\x00\x08\xC8" : "\x00\x08\x08", 3);
    term_set(s, TAG_CVM_RESULTS, "\x1F\x00\x02", 3); /* no CVM required, successful */
    term_set(s, TAG_TERMINAL_TYPE, "\x22", 1);       /* attended, merchant, offline with online capability */
    term_set(s, TAG_TTQ, "\x24\0\0", 4);             /* EMV mode, online capable reader */
}

static bool take_gpo_answer(struct kernel *k)
{
    struct term_bytes body, aip, afl;
    if (term_tlv_find(k->data, TAG_ANSWER_FORMAT_1, &body) && body.len > AIP_LEN) {
        aip = (struct term_bytes){body.at, AIP_LEN};
        afl = (struct term_bytes){body.at + AIP_LEN, body.len - AIP_LEN};
    } else if (!term_tlv_find(k->data, TAG_ANSWER_FORMAT_2, &body) || !term_tlv_find(body, TAG_AIP, &aip) ||
               !term_tlv_find(body, TAG_AFL, &afl) || aip.len != AIP_LEN) {
        return term_refuse(k, "the answer to GET PROCESSING OPTIONS is malformed");
    }
    return (term_add(&k->out->data, TAG_AIP, aip.at, aip.len) &&
            term_add(&k->out->data, TAG_AFL, afl.at, afl.len)) ||
           term_refuse(k, "the answer to GET PROCESSING OPTIONS is too long");
}

static bool get_processing_options(struct kernel *k)
{
    static const uint8_t head[4] = {0x80, 0xA8, 0x00, 0x00};
    struct term_bytes fci, a5, pdol = {NULL, 0};
    uint8_t data[2 + MAX_PDOL_DATA];
    size_t len = 0;
    if (!term_tlv_valid(k->data) || !term_tlv_find(k->data, TAG_FCI, &fci) ||
        !term_tlv_find(fci, TAG_FCI_PROPRIETARY, &a5))
        return term_refuse(k, "the answer of the application to SELECT is malformed");
    term_tlv_find(a5, TAG_PDOL, &pdol);
    if (!term_dol_build(pdol, &k->out->data, data + 2, MAX_PDOL_DATA, &len))
        return term_refuse(k, "the PDOL is malformed or too long");
    memcpy(k->pdol, data + 2, len);
    k->pdol_len = len;
    data[0] = COMMAND_TEMPLATE;
    data[1] = (uint8_t)len;
    if (!term_send(k, head, data, 2 + len))
        return false;
    if (k->sw != TERM_SW_OK)
        return term_refuse_sw(k, "GET PROCESSING OPTIONS was refused");
    return term_tlv_valid(k->data) ? take_gpo_answer(k) : term_refuse(k, "the card's answer is malformed");
}

static bool take_record(struct kernel *k)
{
    struct term_bytes record;
    struct term_tlv object;
    if (!term_tlv_valid(k->data) || !term_tlv_find(k->data, TAG_RECORD, &record))
        return term_refuse(k, "a record is malformed");
    while (term_tlv_next(&record, &object) == TERM_GOT)
        if (!term_add(&k->out->data, object.tag, object.value, object.len))
            return term_refuse(k, "the records hold %X twice, or too much", (unsigned)object.tag);
    return true;
}

static bool read_records(struct kernel *k)
{
    struct term_store *s = &k->out->data;
    const struct term_object *locator = term_get(s, TAG_AFL);
    struct term_bytes afl = {locator->value, locator->len};
    struct term_afl_entry e;
    enum term_read r;
    while ((r = term_afl_next(&afl, &e)) == TERM_GOT) {
        for (unsigned record = e.first; record <= e.last; record++) {
            const uint8_t head[4] = {0x00, 0xB2, (uint8_t)record, (uint8_t)(e.sfi << 3 | 4)};
            if (!term_send(k, head, NULL, 0))
                return false;
            if (k->sw != TERM_SW_OK)
                return term_refuse_sw(k, "a record of the AFL cannot be read");
            if (record - e.first < e.oda_records)
                oda_static_add(&k->statics, e.sfi, k->data);
            if (!take_record(k))
                return false;
        }
    }
    return r == TERM_END || term_refuse(k, "the application file locator is malformed");
}

/* Of a combined signature the cryptogram is known already. */
static bool find_field(const struct kernel *k, struct term_bytes body, uint32_t tag, struct term_bytes *value)
{
    const struct term_object *known = k->combined && tag == TAG_AC ? term_get(&k->out->data, TAG_AC) : NULL;
    if (known)
        *value = (struct term_bytes){known->value, known->len};
    return known || term_tlv_find(body, tag, value);
}

static bool take_cryptogram(struct kernel *k)
{
    static const uint32_t tags[CRYPTOGRAM_FIELDS] = {TAG_CID, TAG_ATC, TAG_AC, TAG_IAD};
    static const size_t lens[CRYPTOGRAM_FIELDS] = {1, 2, 8, 0}; /* 0: what is left */
    struct term_bytes body, value[CRYPTOGRAM_FIELDS];
    if (!term_tlv_valid(k->data))
        return false;
    if (term_tlv_find(k->data, TAG_ANSWER_FORMAT_1, &body) && body.len >= ANSWER_FORMAT_1_MIN) {
        for (size_t i = 0; i < CRYPTOGRAM_FIELDS; i++) {
            value[i] = (struct term_bytes){body.at, lens[i] ? lens[i] : body.len};
            body = (struct term_bytes){body.at + value[i].len, body.len - value[i].len};
        }
    } else {
        if (!term_tlv_find(k->data, TAG_ANSWER_FORMAT_2, &body))
            return false;
        for (size_t i = 0; i < CRYPTOGRAM_FIELDS; i++)
            if ((!find_field(k, body, tags[i], &value[i])) || (lens[i] && value[i].len != lens[i]))
                return false;
    }
    for (size_t i = 0; i < CRYPTOGRAM_FIELDS; i++)
        if (!term_set(&k->out->data, tags[i], value[i].at, value[i].len))
            return false;
    return true;
}

static bool generate_ac(struct kernel *k)
{
    const uint8_t head[4] = {0x80, 0xAE, (uint8_t)(P1_ARQC | (k->combined ? P1_COMBINED : 0)), 0x00};
    const struct term_object *cdol1 = term_get(&k->out->data, TAG_CDOL1);
    uint8_t data[TERM_MAX_DOL_DATA];
    size_t len;
    if (!cdol1)
        return term_refuse(k, "the records hold no CDOL1 (8C)");
    if (!term_dol_build((struct term_bytes){cdol1->value, cdol1->len}, &k->out->data, data, sizeof data,
                        &len))
        return term_refuse(k, "the CDOL1 is malformed or too long");
    if (!term_send(k, head, data, len))
        return false;
    if (k->sw != TERM_SW_OK)
        return term_refuse_sw(k, "GENERATE AC was refused");
    if (k->combined && !term_combined(k, (struct term_bytes){data, len}))
        return false;
    if (!take_cryptogram(k))
        return term_refuse(k, "the answer to GENERATE AC is malformed");
    if ((term_get(&k->out->data, TAG_CID)->value[0] & CID_TYPE) != CID_ARQC)
        return term_refuse(k, "the card declined: no ARQC");
    k->out->result = TERM_ONLINE;
    return true;
}

static bool check(struct kernel *k)
{
    const char *why = term_check_records(&k->out->data, k->request->today);
    return !why || term_refuse(k, "%s", why);
}

void term_transact(const struct term_reader *r, const struct term_request *q, struct term_outcome *out)
{
    struct kernel k = {.reader = r, .request = q, .out = out};
    memset(out, 0, sizeof *out);
    out->result = TERM_REFUSED;
    put_terminal_data(&k);
    if (term_select(&k) && get_processing_options(&k) && read_records(&k) && check(&k) && term_offline(&k) &&
        term_verify_pin(&k))
        generate_ac(&k);
    explicit_bzero(&k, sizeof k);
}
