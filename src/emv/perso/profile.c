/* SPDX-License-Identifier: Apache-2.0 */
/* A personalisation profile: read from JSON, applied to a card. Station 5. Pure. [EMV CPS 1.1 3.2;
 * docs/personalisation.md] */
#include "emv/perso/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "emv/perso/static_data.h"
#include "emv/perso/variables.h"

enum { DGI_ID_DIGITS = 4, AID_DIGITS_MIN = 10 };

static const char *const option_words[] = {"A", "B", "B_ALWAYS", NULL};

/* The document before its texts are converted. */
struct document {
    char aid[2 * PROFILE_AID_MAX + 1];
    int option;
    json_t *keys, *store, *oda, *application, *ppse, *scripts;
};

struct loading {
    struct emv_profile profile;
    struct document document;
};

#define TEXT(name, member, low, high, need)                                            \
    {                                                                                  \
        name, JSON_TEXT, offsetof(struct loading, member), (low), (high), (need), NULL \
    }
#define VALUE(name, need)                                                              \
    {                                                                                  \
#name, JSON_VALUE, offsetof(struct loading, document.name), 0, 0, (need), NULL \
    }
static const struct json_row rows[] = {
    TEXT("name", profile.name, 1, PROFILE_TEXT_MAX, JSON_NEEDED),
    TEXT("scheme", profile.scheme, 1, PROFILE_TEXT_MAX, JSON_NEEDED),
    TEXT("label", profile.label, 1, PROFILE_LABEL_MAX, JSON_NEEDED),
    TEXT("aid", document.aid, AID_DIGITS_MIN, 2 * PROFILE_AID_MAX, JSON_NEEDED),
    {"derivation", JSON_ENUM, offsetof(struct loading, document.option), 0, 0, JSON_NEEDED, option_words},
    VALUE(keys, JSON_NEEDED),
    VALUE(store, JSON_OPTIONAL),
    VALUE(oda, JSON_OPTIONAL),
    VALUE(application, JSON_NEEDED),
    VALUE(ppse, JSON_OPTIONAL),
    VALUE(scripts, JSON_OPTIONAL),
    {.name = NULL},
};

#define KEY(name)                                                                                           \
    {                                                                                                       \
#name, JSON_TEXT, offsetof(struct profile_keys, name), 1, PROFILE_KEY_NAME_MAX, JSON_OPTIONAL, NULL \
    }
static const struct json_row key_rows[] = {KEY(ac),   KEY(mac), KEY(enc),      KEY(cvk),
                                           KEY(cvc3), KEY(pin), {.name = NULL}};

static const struct json_row style_rows[] = {
    {"join", JSON_BOOL, offsetof(struct cps_style, join), 0, 0, JSON_OPTIONAL, NULL},
    {"dgi_format", JSON_BOOL, offsetof(struct cps_style, dgi_format), 0, 0, JSON_OPTIONAL, NULL},
    {.name = NULL},
};

struct dgi_document {
    char id[DGI_ID_DIGITS + 1];
    bool encrypted;
    char value[TEMPLATE_TEXT_MAX + 1];
};
static const struct json_row dgi_rows[] = {
    {"id", JSON_TEXT, offsetof(struct dgi_document, id), DGI_ID_DIGITS, DGI_ID_DIGITS, JSON_NEEDED, NULL},
    {"encrypted", JSON_BOOL, offsetof(struct dgi_document, encrypted), 0, 0, JSON_OPTIONAL, NULL},
    {"value", JSON_TEXT, offsetof(struct dgi_document, value), 0, TEMPLATE_TEXT_MAX, JSON_NEEDED, NULL},
    {.name = NULL},
};

/* The template of one grouping, with zeros for what only a card has: its form, names and length hold. */
static enum tsm_err dgi_try(const struct emv_profile *p, const struct dgi_document *d)
{
    VARIABLES v = {.in = {.profile = p}, .trial = true};
    struct template_source source = {.self = &v, .value = variables_value};
    uint8_t scratch[PROFILE_VALUE_MAX];
    struct writer w = WRITER(scratch);
    enum tsm_err e = template_write(d->value, &source, &w);
    if (e != TSM_OK)
        return err_fail_field(e, d->id, "grouping %s: %.160s", d->id, err_cause());
    if (v.secret_at && !d->encrypted)
        return FAIL_FIELD(BAD_VALUE, d->id, "grouping %s holds a secret and is not encrypted", d->id);
    return TSM_OK;
}

/* The next one of the run; the caller counts it when it is content. */
static enum tsm_err fill_dgi(const json_t *from, struct profile_run *run, struct dgi_document *d)
{
    struct profile_dgi *at = &run->at[run->count];
    uint8_t id[2];
    size_t len;
    TRY(json_fill(from, dgi_rows, d));
    if (hex_read(d->id, id, sizeof id, &len) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "id", "the identifier of a grouping is four hex digits");
    at->id = (uint16_t)(id[0] << 8 | id[1]);
    for (size_t i = 0; i < run->count; i++)
        if (run->at[i].id == at->id)
            return FAIL_FIELD(DUPLICATE_TAG, d->id, "grouping %s occurs twice", d->id);
    at->encrypted = d->encrypted;
    memcpy(at->value, d->value, sizeof at->value);
    return TSM_OK;
}

static enum tsm_err read_dgi(const struct emv_profile *p, const json_t *from, struct profile_run *run)
{
    struct dgi_document d = {.encrypted = false};
    TRY(fill_dgi(from, run, &d));
    TRY(dgi_try(p, &d));
    run->count++;
    return TSM_OK;
}

enum tsm_err emv_profile_add_dgi(struct emv_profile *p, const json_t *from)
{
    struct dgi_document d = {.encrypted = false};
    if (p->application.count == PROFILE_DGIS_MAX)
        return FAIL_FIELD(TOO_LONG, "store", "more than %d groupings", PROFILE_DGIS_MAX);
    TRY(fill_dgi(from, &p->application, &d));
    p->application.count++;
    return TSM_OK;
}

static enum tsm_err read_run(const struct emv_profile *p, const json_t *list, const char *field,
                             struct profile_run *run)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n == 0)
        return FAIL_FIELD(BAD_VALUE, field, "%s must be a list of groupings", field);
    if (n > PROFILE_DGIS_MAX)
        return FAIL_FIELD(TOO_LONG, field, "%s has more than %d groupings", field, PROFILE_DGIS_MAX);
    for (size_t i = 0; i < n; i++)
        TRY(read_dgi(p, json_array_get(list, i), run));
    return TSM_OK;
}

/* What the profile says of itself and of its keys. */
static enum tsm_err load_frame(struct loading *l)
{
    struct emv_profile *p = &l->profile;
    if (hex_read(l->document.aid, p->aid, sizeof p->aid, &p->aid_len) != TSM_OK)
        return FAIL_FIELD(BAD_FORM, "aid", "aid must be 5 to 16 octets in hex");
    p->option = (enum emv_option)l->document.option;
    p->style.block_max = CPS_BLOCK_MAX;
    if (l->document.keys)
        TRY(json_fill(l->document.keys, key_rows, &p->keys));
    if (l->document.store)
        TRY(json_fill(l->document.store, style_rows, &p->style));
    p->has_scripts = l->document.scripts != NULL;
    if (p->has_scripts)
        TRY(issuer_rules_read(l->document.scripts, &p->scripts));
    return l->document.oda ? profile_oda_read(l->document.oda, &p->oda) : TSM_OK;
}

static enum tsm_err load(const json_t *object, struct loading *l)
{
    struct emv_profile *p = &l->profile;
    TRY(json_fill(object, rows, l));
    TRY(load_frame(l));
    TRY(read_run(p, l->document.application, "application", &p->application));
    if (l->document.ppse)
        TRY(read_run(p, l->document.ppse, "ppse", &p->ppse));
    return p->oda.issuer[0] ? static_data_try(p) : TSM_OK;
}

enum tsm_err emv_profile_read_frame(const json_t *object, struct emv_profile *out)
{
    enum { MEMBERS = sizeof rows / sizeof *rows };
    struct json_row optional[MEMBERS];
    struct loading l = {.document.keys = NULL};
    for (size_t i = 0; i < MEMBERS; i++) {
        optional[i] = rows[i];
        optional[i].need = JSON_OPTIONAL;
    }
    TRY(json_fill(object, optional, &l));
    if (l.document.application)
        return FAIL_FIELD(UNKNOWN_FIELD, "application", "a script stores groupings in its steps");
    TRY(load_frame(&l));
    if (l.document.ppse)
        TRY(read_run(&l.profile, l.document.ppse, "ppse", &l.profile.ppse));
    *out = l.profile;
    return TSM_OK;
}

enum tsm_err emv_profile_read(struct bytes json, struct emv_profile *out)
{
    struct loading l;
    json_t *object = NULL;
    enum tsm_err e;
    memset(&l, 0, sizeof l);
    TRY(json_read(json, &object));
    e = load(object, &l);
    json_decref(object);
    if (e == TSM_OK)
        *out = l.profile;
    return e;
}

static enum tsm_err make(const struct profile_dgi *d, struct variables *v, struct writer *w,
                         struct cps_dgi *out)
{
    struct template_source source = {.self = v, .value = variables_value};
    size_t from = w->len;
    v->grouping = d->id;
    v->enciphered = d->encrypted;
    TRY(template_write(d->value, &source, w));
    NEED(w->len - from <= PROFILE_VALUE_MAX, TOO_LONG);
    *out = (struct cps_dgi){d->id, written_since(w, from), d->encrypted};
    return TSM_OK;
}

enum tsm_err emv_personalise(struct emv_perso_input in, enum emv_target target, struct writer *buffer,
                             struct emv_perso *out)
{
    const struct profile_run *run = target == PERSO_PPSE ? &in.profile->ppse : &in.profile->application;
    VARIABLES v = {.in = in};
    struct emv_perso made = {.count = 0};
    struct writer at = *buffer;
    uint8_t *start;
    TRY(write_slot(&at, 0, &start));
    variables_take_pair(&v);
    for (size_t i = 0; i < run->count; i++) {
        enum tsm_err e = make(&run->at[i], &v, &at, &made.at[i]);
        if (e != TSM_OK) {
            explicit_bzero(start, buffer->cap - buffer->len);
            return e;
        }
    }
    variables_give_pair(&v);
    made.count = run->count;
    *buffer = at;
    *out = made;
    return TSM_OK;
}

enum tsm_err emv_profile_estimate(const struct emv_profile *p, enum emv_target target, size_t cipher_block,
                                  size_t block_max, struct emv_estimate *out)
{
    const struct profile_run *run = target == PERSO_PPSE ? &p->ppse : &p->application;
    struct emv_estimate e = {.groupings = run->count};
    NEED(cipher_block > 0 && block_max > 0 && block_max <= CPS_BLOCK_MAX, BAD_VALUE);
    for (size_t i = 0; i < run->count; i++) {
        VARIABLES v = {.in = {.profile = p}, .trial = true, .grouping = run->at[i].id};
        struct template_source source = {.self = &v, .value = variables_value};
        uint8_t scratch[PROFILE_VALUE_MAX];
        struct writer w = WRITER(scratch);
        size_t len;
        TRY(template_write(run->at[i].value, &source, &w));
        len = w.len;
        if (run->at[i].encrypted)
            len += (cipher_block - len % cipher_block) % cipher_block;
        e.octets += cps_dgi_len(len);
        e.commands += (cps_dgi_len(len) + block_max - 1) / block_max;
    }
    *out = e;
    return TSM_OK;
}
