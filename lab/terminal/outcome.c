/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal tells about a transaction: a receipt for people, JSON for the issuer. Pure. */
#include "terminal/outcome.h"

#include "handset/hex.h"
#include "terminal/data/tags.h"

#include <string.h>

static const char *const result_names[] = {
    [TERM_ONLINE] = "approved-online", [TERM_NO_CARD] = "no-card", [TERM_REFUSED] = "refused"};

void term_hex(const struct term_outcome *o, uint32_t tag, char out[TERM_TEXT])
{
    const struct term_object *object = term_get(&o->data, tag);
    out[0] = '\0';
    if (object)
        hs_hex_write(object->value, object->len, out);
}

void term_shown_pan(const struct term_outcome *o, char out[TERM_PAN_TEXT])
{
    char pan[TERM_PAN_TEXT];
    out[0] = '\0';
    if (term_pan(&o->data, pan))
        term_mask_pan(pan, out);
    explicit_bzero(pan, sizeof pan);
}

json_t *term_issuer_json(const struct term_outcome *o)
{
    static const uint32_t tags[] = {TAG_PAN,
                                    TAG_PSN,
                                    TAG_EXPIRY,
                                    TAG_AMOUNT,
                                    TAG_AMOUNT_OTHER,
                                    TAG_COUNTRY,
                                    TAG_TVR,
                                    TAG_CURRENCY,
                                    TAG_DATE,
                                    TAG_TRANSACTION_TYPE,
                                    TAG_UNPREDICTABLE,
                                    TAG_AIP,
                                    TAG_ATC,
                                    TAG_CID,
                                    TAG_IAD,
                                    TAG_AC,
                                    TAG_TERMINAL_CAPABILITIES,
                                    TAG_CVM_RESULTS,
                                    TAG_TERMINAL_TYPE};
    json_t *all = json_object();
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        char name[8], value[TERM_TEXT];
        snprintf(name, sizeof name, "%X", (unsigned)tags[i]);
        term_hex(o, tags[i], value);
        if (value[0])
            json_object_set_new(all, name, json_string(value));
        explicit_bzero(value, sizeof value);
    }
    return all;
}

static void set_text(json_t *all, const char *name, const char *text)
{
    if (text[0])
        json_object_set_new(all, name, json_string(text));
}

static void set_tag(json_t *all, const char *name, const struct term_outcome *o, uint32_t tag)
{
    char value[TERM_TEXT];
    term_hex(o, tag, value);
    set_text(all, name, value);
}

json_t *term_json(const struct term_outcome *o)
{
    char text[TERM_TEXT];
    json_t *all = json_pack("{s:s}", "result", result_names[o->result]);
    set_text(all, "reason", o->reason);
    if (o->sw) {
        snprintf(text, sizeof text, "%04X", o->sw);
        set_text(all, "sw", text);
    }
    hs_hex_write(o->aid, o->aid_len, text);
    set_text(all, "aid", text);
    set_text(all, "label", o->label);
    term_shown_pan(o, text);
    set_text(all, "pan", text);
    set_text(all, "oda", o->oda);
    set_tag(all, "tvr", o, TAG_TVR);
    set_tag(all, "amount", o, TAG_AMOUNT);
    set_tag(all, "currency", o, TAG_CURRENCY);
    set_tag(all, "cid", o, TAG_CID);
    set_tag(all, "atc", o, TAG_ATC);
    set_tag(all, "iad", o, TAG_IAD);
    set_tag(all, "arqc", o, TAG_AC);
    if (o->result == TERM_ONLINE)
        json_object_set_new(all, "issuer", term_issuer_json(o));
    return all;
}

static void print_line(FILE *to, const char *name, const char *value)
{
    if (value[0])
        fprintf(to, "  %-12s %s\n", name, value);
}

static void print_tag(FILE *to, const char *name, const struct term_outcome *o, uint32_t tag)
{
    char value[TERM_TEXT];
    term_hex(o, tag, value);
    print_line(to, name, value);
}

void term_print(const struct term_outcome *o, FILE *to)
{
    char text[TERM_TEXT];
    fprintf(to, "%s%s%s\n", result_names[o->result], o->reason[0] ? ": " : "", o->reason);
    print_line(to, "application", o->label);
    hs_hex_write(o->aid, o->aid_len, text);
    print_line(to, "AID", text);
    term_shown_pan(o, text);
    print_line(to, "card", text);
    if (o->result != TERM_ONLINE)
        return;
    print_tag(to, "expiry", o, TAG_EXPIRY);
    print_tag(to, "amount", o, TAG_AMOUNT);
    print_tag(to, "currency", o, TAG_CURRENCY);
    print_tag(to, "CID 9F27", o, TAG_CID);
    print_tag(to, "ATC 9F36", o, TAG_ATC);
    print_tag(to, "IAD 9F10", o, TAG_IAD);
    print_tag(to, "ARQC 9F26", o, TAG_AC);
}
