/* SPDX-License-Identifier: Apache-2.0 */
/* One line of plain words for a plain command; secrets are told by their length alone. Stations 5 and 12.
 * Pure. */
#include "gp/command/describe.h"

#include <stdarg.h>
#include <stdio.h>

#include "gp/command/command.h"
#include "gp/command/delete.h"
#include "gp/command/get_data.h"
#include "gp/command/get_status.h"
#include "gp/command/install.h"
#include "gp/command/set_status.h"
#include "gp/command/store_data.h"
#include "gp/content/dgi.h"
#include "gp/keys/putkey.h"
#include "gp/tlv.h"

enum { SHOWN_MAX = 16, GROUPINGS_SHOWN = 6, MASK_MORE = 0x80, MASK_NUMBER = 0x7F };

struct line {
    char *text;
    size_t len, cap;
};

__attribute__((format(printf, 2, 3))) static void say(struct line *l, const char *fmt, ...)
{
    va_list ap;
    int n;
    if (l->len >= l->cap)
        return;
    va_start(ap, fmt);
    n = vsnprintf(&l->text[l->len], l->cap - l->len, fmt, ap);
    va_end(ap);
    if (n > 0)
        l->len = l->len + (size_t)n < l->cap ? l->len + (size_t)n : l->cap - 1;
}

/* Names only: AIDs, hashes, challenges; never more than SHOWN_MAX octets. */
static void say_octets(struct line *l, const char *before, struct bytes b)
{
    if (b.len == 0)
        return;
    say(l, "%s", before);
    for (size_t i = 0; i < b.len && i < SHOWN_MAX; i++)
        say(l, "%02X", b.at[i]);
    if (b.len > SHOWN_MAX)
        say(l, "..");
}

static void say_select(struct line *l, const struct apdu *a)
{
    say(l, "SELECT");
    if (a->data.len)
        say_octets(l, " ", a->data);
    else
        say(l, " issuer security domain");
}

/* A number and its word; the last row has no word. */
struct word {
    unsigned number;
    const char *text;
};

static const char *word_for(const struct word *words, unsigned number, const char *otherwise)
{
    for (; words->text; words++)
        if (words->number == number)
            return words->text;
    return otherwise;
}

static const struct word install_words[] = {
    {INSTALL_FOR_LOAD, "for load"},
    {INSTALL_FOR_INSTALL, "for install"},
    {INSTALL_FOR_MAKE_SELECTABLE, "for make selectable"},
    {INSTALL_FOR_INSTALL_AND_MAKE_SELECTABLE, "for install and make selectable"},
    {INSTALL_FOR_LOAD_INSTALL_AND_MAKE_SELECTABLE, "for load, install and make selectable"},
    {INSTALL_FOR_EXTRADITION, "for extradition"},
    {INSTALL_FOR_PERSONALIZATION, "for personalization"},
    {INSTALL_FOR_REGISTRY_UPDATE, "for registry update"},
    {0, NULL},
};

static void say_install(struct line *l, const struct apdu *a)
{
    struct gp_install i;
    say(l, "INSTALL [%s]", word_for(install_words, a->p1 & MASK_NUMBER, "of an unknown kind"));
    if (install_read(a->p1 & MASK_NUMBER, a->p2, a->data, &i) != TSM_OK) {
        say(l, " %zu octets", a->data.len);
        return;
    }
    say_octets(l, " ", i.application);
    say_octets(l, " load file ", i.load_file);
    say_octets(l, " module ", i.module);
    say_octets(l, " domain ", i.domain);
    say_octets(l, " privileges ", i.privileges);
    if (i.hash.len)
        say(l, ", hash of %zu octets", i.hash.len);
    if (i.parameters.len)
        say(l, ", parameters of %zu octets", i.parameters.len);
    if (i.token.len)
        say(l, ", token");
}

static void say_load(struct line *l, const struct apdu *a)
{
    say(l, "LOAD block %u%s, %zu octets", a->p2, a->p1 & MASK_MORE ? " (last)" : "", a->data.len);
}

static void say_delete(struct line *l, const struct apdu *a)
{
    struct gp_delete d;
    struct bytes kvn = BYTES_NONE, kid = BYTES_NONE;
    if (delete_read(a->p2, a->data, &d) == TSM_OK) {
        say_octets(l, "DELETE ", d.aid);
        say(l, "%s%s", d.related ? " with what is made from it" : "", d.token.len ? ", token" : "");
        return;
    }
    (void)tlv_find(a->data, 0xD2, &kvn);
    (void)tlv_find(a->data, 0xD0, &kid);
    say(l, "DELETE [key]");
    say_octets(l, " version ", kvn);
    say_octets(l, " identifier ", kid);
}

static const struct word scope_words[] = {
    {STATUS_ISSUER_DOMAIN, "issuer security domain"},
    {STATUS_APPLICATIONS, "applications and domains"},
    {STATUS_LOAD_FILES, "load files"},
    {STATUS_LOAD_FILES_AND_MODULES, "load files and modules"},
    {0, NULL},
};

static void say_get_status(struct line *l, const struct apdu *a)
{
    struct bytes aid = BYTES_NONE;
    say(l, "GET STATUS of %s", word_for(scope_words, a->p1, "several kinds"));
    (void)tlv_find(a->data, 0x4F, &aid);
    say_octets(l, " ", aid);
    say(l, "%s", a->p2 & 0x01 ? ", next" : "");
}

static const struct word status_words[] = {
    {SET_STATUS_CARD, "the card"},
    {SET_STATUS_APPLICATION, "application or domain"},
    {SET_STATUS_DOMAIN_AND_APPLICATIONS, "domain and applications"},
    {0, NULL},
};

static void say_set_status(struct line *l, const struct apdu *a)
{
    say(l, "SET STATUS of %s to %02X", word_for(status_words, a->p1, "an unknown kind"), a->p2);
    say_octets(l, " ", a->data);
}

static const struct word data_words[] = {
    {DATA_CPLC, " production life cycle"},
    {DATA_CARD, " recognition data"},
    {DATA_KEYS, " key information"},
    {DATA_IIN, " issuer number"},
    {DATA_CIN, " card image number"},
    {DATA_KDD, " key diversification data"},
    {DATA_RESOURCES, " free memory"},
    {DATA_APPLICATIONS, " applications"},
    {0, NULL},
};

static void say_get_data(struct line *l, const struct apdu *a)
{
    unsigned tag = (unsigned)a->p1 << 8 | a->p2;
    say(l, "GET DATA %02X%s", tag, word_for(data_words, tag, ""));
}

/* Identifiers and lengths of the groupings; the contents are card data or keys. */
static void say_groupings(struct line *l, struct bytes data)
{
    struct reader r = READER(data);
    struct dgi d;
    for (size_t i = 0; r.left.len && i < GROUPINGS_SHOWN; i++) {
        if (dgi_next(&r, &d) != TSM_OK)
            break; /* a grouping goes on in the next block */
        say(l, "%s%04X (%zu)", i ? ", " : ": ", d.id, d.value.len);
    }
    if (r.left.len)
        say(l, ", ..");
}

static void say_store_data(struct line *l, const struct apdu *a)
{
    say(l, "STORE DATA block %u%s, %zu octets%s", a->p2, a->p1 & MASK_MORE ? " (last)" : "", a->data.len,
        (a->p1 & STORE_ENCRYPTED) == STORE_ENCRYPTED ? ", encrypted" : "");
    if (a->p1 & STORE_DGI && !(a->p1 & STORE_TLV) && a->p2 == 0)
        say_groupings(l, a->data);
}

/* The first component of a public key [GPCS Tables 11-73, 11-75]. */
static const struct word public_words[] = {
    {GP_KEY_RSA_MODULUS, ", RSA public key"},
    {GP_KEY_ECC_PUBLIC, ", ECC public key"},
    {0, NULL},
};

static void say_put_key(struct line *l, const struct apdu *a)
{
    struct reader r = READER(a->data);
    struct gp_key_field field;
    uint8_t kvn;
    say(l, "PUT KEY");
    if (read_u8(&r, &kvn) != TSM_OK)
        return;
    say(l, " version %02X from identifier %u", kvn, a->p2 & MASK_NUMBER);
    if (a->p1 & MASK_NUMBER)
        say(l, " in place of %02X", a->p1 & MASK_NUMBER);
    while (r.left.len && putkey_next(&r, &field) == TSM_OK) {
        say(l, ", %s", field.type == GP_KEY_AES ? "AES" : "TDES");
        say_octets(l, " check value ", field.kcv);
    }
    if (r.left.len)
        say(l, "%s", word_for(public_words, r.left.at[0], ""));
}

static void say_initialize(struct line *l, const struct apdu *a)
{
    say(l, "INITIALIZE UPDATE key version %02X%s", a->p1, a->data.len == 16 ? ", S16" : "");
}

static void say_external(struct line *l, const struct apdu *a)
{
    if (a->p2 == 0)
        say(l, "EXTERNAL AUTHENTICATE level %02X", a->p1);
    else
        say(l, "MUTUAL AUTHENTICATE key version %02X", a->p1);
}

static void say_internal(struct line *l, const struct apdu *a)
{
    say(l, "INTERNAL AUTHENTICATE key version %02X", a->p1);
}

/* P1 and P2 say of the authority's key; b8 that more follows [AmdF 7.5.2]. */
static void say_certificate(struct line *l, const struct apdu *a)
{
    say(l, "PERFORM SECURITY OPERATION certificate of key version %02X identifier %02X%s, %zu octets",
        a->p1 & MASK_NUMBER, a->p2 & MASK_NUMBER, a->p2 & MASK_MORE ? " with another to come" : "",
        a->data.len);
}

static void say_upgrade(struct line *l, const struct apdu *a)
{
    static const char *const words[] = {"", "start", "resume", "recovery", "abort", "", "", "", "status"};
    say(l, "MANAGE ELF UPGRADE %s", a->p1 < sizeof words / sizeof words[0] ? words[a->p1] : "?");
}

static const struct {
    uint8_t ins;
    void (*tell)(struct line *l, const struct apdu *a);
} tellers[] = {
    {INS_SELECT, say_select},
    {INS_INSTALL, say_install},
    {INS_LOAD, say_load},
    {INS_DELETE, say_delete},
    {INS_GET_STATUS, say_get_status},
    {INS_SET_STATUS, say_set_status},
    {INS_GET_DATA, say_get_data},
    {INS_STORE_DATA, say_store_data},
    {INS_PUT_KEY, say_put_key},
    {INS_INITIALIZE_UPDATE, say_initialize},
    {INS_EXTERNAL_AUTHENTICATE, say_external},
    {INS_INTERNAL_AUTHENTICATE, say_internal},
    {INS_PERFORM_SECURITY_OPERATION, say_certificate},
    {INS_MANAGE_ELF_UPGRADE, say_upgrade},
};

size_t gp_describe(struct bytes capdu, char *text, size_t cap)
{
    struct line l = {text, 0, cap};
    struct apdu a;
    if (cap)
        text[0] = 0;
    if (apdu_read(capdu, &a) != TSM_OK) {
        say(&l, "no command: %zu octets", capdu.len);
        return l.len;
    }
    for (size_t i = 0; i < sizeof tellers / sizeof tellers[0]; i++)
        if (tellers[i].ins == a.ins) {
            tellers[i].tell(&l, &a);
            return l.len;
        }
    if (a.ins == INS_GET_RESPONSE)
        say(&l, "GET RESPONSE");
    else
        say(&l, "command %02X %02X %02X %02X, %zu octets", a.cla, a.ins, a.p1, a.p2, a.data.len);
    return l.len;
}
