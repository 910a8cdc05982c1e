/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm card list`: the registry of the card as the domain shows it. Station 11. App. [GPCS 11.4] */
#include <stdlib.h>

#include "app/card/verb/verbs.h"
#include "base/hex.h"
#include "gp/command/command.h"
#include "gp/command/install.h"

enum { REGISTRY_ROOM = 64 * 1024, ANSWERS_MAX = 256 };

/* The TLV form, and for cards before 2.2 the other one. */
static bool refused_form(uint16_t sw)
{
    return sw == SW_BAD_P1P2 || sw == SW_NO_INSTRUCTION || sw == SW_BAD_DATA;
}

static enum tsm_err ask(struct card *c, struct get_status *g, struct writer *joined, uint16_t *sw)
{
    uint8_t room[APDU_SHORT_MAX];
    struct rapdu answer = {BYTES_NONE, SW_MORE_ENTRIES};
    g->next = false;
    for (size_t n = 0; n < ANSWERS_MAX && answer.sw == SW_MORE_ENTRIES; n++) {
        struct writer w = WRITER(room);
        TRY(get_status_write(g, &w));
        TRY(card_send(c, &(struct card_request){.plain = written(&w), .any = true}, &answer));
        if (answer.sw == SW_OK || answer.sw == SW_MORE_ENTRIES)
            TRY(write_span(joined, answer.data));
        g->next = true;
    }
    *sw = answer.sw;
    return TSM_OK;
}

enum tsm_err registry_ask(struct card *c, enum gp_status_scope scope, struct bytes aid, struct writer *joined,
                          enum gp_status_dialect *dialect)
{
    struct get_status g = {.scope = scope, .dialect = STATUS_TLV, .aid = aid};
    uint16_t sw;
    TRY(ask(c, &g, joined, &sw));
    if (refused_form(sw)) {
        g.dialect = STATUS_LV;
        TRY(ask(c, &g, joined, &sw));
    }
    if (refused_form(sw) && scope == STATUS_LOAD_FILES_AND_MODULES) /* cards without modules in the list */
        return registry_ask(c, STATUS_LOAD_FILES, aid, joined, dialect);
    /* Only the issuer's domain, or one with Global Registry, tells of the issuer's [GPCS 11.4.2.1]. */
    if (scope == STATUS_ISSUER_DOMAIN && c->args->domain.given && (refused_form(sw) || sw == SW_CONDITIONS))
        sw = SW_NOT_FOUND;
    if (sw != SW_OK && sw != SW_NOT_FOUND)
        return FAIL(CARD_REFUSED, "%s: GET STATUS was answered %04X (%s)", c->verb->name, sw, sw_text(sw));
    *dialect = g.dialect;
    return TSM_OK;
}

/* Life cycle states in words [GPCS Tables 11-3 to 11-6]. */
static const char *state_word(enum gp_status_scope scope, uint8_t state, bool domain)
{
    static const struct {
        uint8_t state;
        const char *card, *application;
    } words[] = {
        {0x01, "OP_READY", "?"},           {0x03, "?", "INSTALLED"},   {0x07, "INITIALIZED", "SELECTABLE"},
        {0x0F, "SECURED", "PERSONALIZED"}, {0x7F, "CARD_LOCKED", "?"}, {0xFF, "TERMINATED", "?"}};
    if (scope == STATUS_LOAD_FILES || scope == STATUS_LOAD_FILES_AND_MODULES)
        return "LOADED";
    if (scope == STATUS_APPLICATIONS && state & LIFE_LOCKED_BIT)
        return "LOCKED";
    if (scope == STATUS_APPLICATIONS && !domain && state > LIFE_SELECTABLE)
        return "SELECTABLE, own state";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].state == state)
            return scope == STATUS_ISSUER_DOMAIN ? words[i].card : words[i].application;
    return "?";
}

static json_t *privilege_words(uint32_t privileges)
{
    static const struct {
        uint32_t bit;
        const char *word;
    } words[] = {
        {0x800000, "security-domain"},
        {0x400000, "dap-verification"},
        {0x200000, "delegated-management"},
        {PRIVILEGE_CARD_LOCK, "card-lock"},
        {PRIVILEGE_CARD_TERMINATE, "card-terminate"},
        {PRIVILEGE_CARD_RESET, "card-reset"},
        {PRIVILEGE_CVM_MANAGEMENT, "cvm"},
        {0x010000, "mandated-dap"},
        {PRIVILEGE_TRUSTED_PATH, "trusted-path"},
        {PRIVILEGE_AUTHORIZED_MANAGEMENT, "authorized-management"},
        {PRIVILEGE_TOKEN_VERIFICATION, "token-verification"},
        {PRIVILEGE_GLOBAL_DELETE, "global-delete"},
        {PRIVILEGE_GLOBAL_LOCK, "global-lock"},
        {PRIVILEGE_GLOBAL_REGISTRY, "global-registry"},
        {PRIVILEGE_FINAL_APPLICATION, "final-application"},
        {PRIVILEGE_GLOBAL_SERVICE, "global-service"},
        {PRIVILEGE_RECEIPT_GENERATION, "receipt-generation"},
        {PRIVILEGE_CIPHERED_LOAD, "ciphered-load"},
        {PRIVILEGE_CONTACTLESS_ACTIVATION, "contactless-activation"},
        {PRIVILEGE_CONTACTLESS_SELF_ACTIVATION, "contactless-self-activation"},
    };
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (privileges & words[i].bit)
            json_array_append_new(list, json_string(words[i].word));
    return list;
}

static json_t *entry_json(const struct gp_registry_entry *e, enum gp_status_scope scope)
{
    json_t *o = json_object(), *modules = json_array();
    struct reader at = READER(e->modules);
    struct bytes aid;
    char text[2 * AID_MAX + 1];
    bool domain = e->privileges & PRIVILEGE_SECURITY_DOMAIN;
    card_set_hex(o, "aid", e->aid);
    json_object_set_new(o, "state", json_string(state_word(scope, e->life_cycle, domain)));
    card_set_hex(o, "life_cycle", BYTES_OF(&e->life_cycle, 1));
    if (e->domain.len)
        card_set_hex(o, "domain", e->domain);
    if (e->load_file.len)
        card_set_hex(o, "load_file", e->load_file);
    if (e->version.len)
        card_set_hex(o, "version", e->version);
    if (e->privileges)
        json_object_set_new(o, "privileges", privilege_words(e->privileges));
    while (gp_registry_module(e, &at, &aid) == TSM_OK)
        json_array_append_new(modules, json_string(hex_text(aid, text)));
    if (json_array_size(modules))
        json_object_set(o, "modules", modules);
    json_decref(modules);
    return o;
}

static enum tsm_err list_scope(struct card *c, enum gp_status_scope scope, const char *member, uint8_t *room)
{
    struct writer joined = {room, 0, REGISTRY_ROOM};
    enum gp_status_dialect dialect = STATUS_TLV;
    json_t *list = json_array();
    struct reader r;
    json_object_set_new(c->doc, member, list);
    TRY(registry_ask(c, scope, BYTES_NONE, &joined, &dialect));
    r = READER(written(&joined));
    while (r.left.len) {
        struct gp_registry_entry e;
        TRY(gp_registry_next(&r, scope, dialect, &e));
        json_array_append_new(list, entry_json(&e, scope));
    }
    return TSM_OK;
}

enum tsm_err card_list(struct card *c)
{
    static const struct {
        enum gp_status_scope scope;
        const char *member;
    } rows[] = {{STATUS_ISSUER_DOMAIN, "issuer_domain"},
                {STATUS_APPLICATIONS, "applications"},
                {STATUS_LOAD_FILES_AND_MODULES, "load_files"}};
    uint8_t *room = malloc(REGISTRY_ROOM);
    enum tsm_err e = room ? TSM_OK : TSM_NO_MEMORY;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && e == TSM_OK; i++)
        e = list_scope(c, rows[i].scope, rows[i].member, room);
    free(room);
    return e;
}
